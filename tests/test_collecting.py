"""tests/collecting.py: what it keeps is what pytest itself would use."""

from _pytest.assertion import rewrite
from collecting import keep_rewritten


def test_a_module_is_kept_rewritten_where_pytest_looks(tmp_path, pytestconfig):
    module = tmp_path / "test_sum.py"
    module.write_text("def test_sum():\n    assert 1 + 1 == 3\n", encoding="utf-8")
    keep_rewritten([module], pytestconfig)
    kept = rewrite._read_pyc(module, tmp_path / "__pycache__" / f"test_sum{rewrite.PYC_TAIL}")
    assert kept and "@pytest_ar" in kept.co_names
    module.write_text("assert True\n", encoding="utf-8")
    assert not rewrite._read_pyc(module, tmp_path / "__pycache__" / f"test_sum{rewrite.PYC_TAIL}")


def test_a_module_that_pytest_can_not_compile_is_left_to_pytest(tmp_path, pytestconfig):
    module = tmp_path / "test_bad.py"
    module.write_text("def", encoding="utf-8")
    keep_rewritten([module], pytestconfig)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["test_bad.py"]
