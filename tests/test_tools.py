"""The programs in tools/."""

import re
import signal
import subprocess
import sys
import time

import hygiene
import lessons
import nbformat
import pytest
import repository
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from repository import ROOT

# make lessons


@pytest.fixture
def write(tmp_path):
    """write(source, ...) -> the path of lesson "a/b", with a code cell of each source."""
    path = tmp_path / "book" / "a" / "b.ipynb"
    path.parent.mkdir(parents=True)
    (tmp_path / "book" / "course.yml").write_text("lessons: {}\npages: {a/b: {}}\n")

    def write(*sources, tags=()):
        cells = [new_markdown_cell("# A lesson", id="title")]
        for number, source in enumerate(sources, 1):
            cells.append(new_code_cell(source, id=f"cell-{number}", execution_count=9))
        cells[-1].metadata["tags"] = list(tags)
        nbformat.write(new_notebook(cells=cells), path)
        return path

    return write


def read(path):
    return nbformat.read(path, as_version=4)


def make_lessons(path, *arguments):
    return lessons.main([*arguments], root=path.parents[2])


def test_a_lesson_is_executed_and_written_in_one_form(write, tmp_path, monkeypatch, capsys):
    # A kernel that the user once installed under the same name is not the one that runs.
    spec = tmp_path / "data" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["false"], "display_name": "x", "language": "x"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    path = write(
        "import time\nprint('one')\ntime.sleep(0.1)\nprint('two')\n6 * 7",
        "from IPython.display import display\n"
        "view = {'model_id': '123'}\n"
        "bundle = {'application/vnd.jupyter.widget-view+json': view, 'text/html': '<p>w</p>'}\n"
        "display(bundle, raw=True)",
        "open('note', 'w').write('here')",
        "1 / 0",
        tags=["raises-exception"],
    )
    notebook = read(path)
    notebook.metadata.widgets = {"state": {}}
    notebook.metadata.kernelspec = {"name": "elsewhere", "display_name": "Elsewhere"}
    notebook.cells[1].metadata.update(collapsed=True, executionInfo={"elapsed": 5})
    notebook.cells[1].execution_count = 7
    nbformat.write(notebook, path)

    assert make_lessons(path, "a/b") == 0
    first, *_ = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"a/b: 4 code cells, \d+\.\d s, written", first)
    text = path.read_text()
    assert text.endswith("}\n") and not text.endswith("\n\n")
    assert (path.parent / "note").read_text() == "here"  # it ran in its own folder
    notebook = nbformat.reads(text, as_version=4)
    assert notebook.metadata == hygiene.NOTEBOOK_METADATA
    title, first, widget, _, error = notebook.cells
    assert [title.id, first.id, widget.id] == ["title", "cell-1", "cell-2"]
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, 3, 4]
    assert first.metadata == {}
    assert [output.get("text") for output in first.outputs] == ["one\ntwo\n", None]
    assert first.outputs[1].data == {"text/plain": "42"} and first.outputs[1].execution_count == 1
    assert widget.outputs[0].data == {"text/html": "<p>w</p>"}
    assert error.metadata == {"tags": ["raises-exception"]}
    assert error.outputs[0].traceback == ["ZeroDivisionError: division by zero"]


def test_advice_stands_under_the_line_of_its_lesson_and_fails_nothing(write, capsys):
    lines = ["import time", "print(time.time())", *(f"a = {number}" for number in range(14))]
    path = write("\n".join(lines), tags=["nbval-ignore-output"])
    for options, result in (([], "written"), ([], "unchanged"), (["--force"], "written")):
        assert make_lessons(path, *options) == 0
        first, *rest = capsys.readouterr().out.splitlines()
        assert first.startswith("a/b: 1 code cells, ") and first.endswith(f" s, {result}")
        assert rest == [
            "  advice: says in 0 words why anyone should care; 20 and more read well",
            "  advice: code cell 1 has 16 lines; 15 are enough for one point",
        ]


def test_a_lesson_that_must_not_be_written_is_refused_and_the_others_run(write, capsys):
    sentences = {
        "x = 2\nx / 0": "code cell [2] fails: ZeroDivisionError: division by zero",
        "import warnings\nwarnings.warn('old')": "UserWarning: old",  # on stderr
        "object()": "code cell [2] shows something of one machine only: 0x",
        "import os\nos._exit(1)": "code cell [2] was running when its kernel died",
    }
    good = write("1 + 1")
    text, before = good.read_text(), {}
    for number, source in enumerate(sentences):
        path = write("1", source, "3").rename(good.with_name(f"a{number}.ipynb"))
        before[path] = path.read_bytes()
    good.write_text(text)
    assert make_lessons(good) == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("a/b: 1 code cells")
    for line, sentence in zip(shown.err.splitlines(), sentences.values(), strict=True):
        assert line.startswith("a/a") and sentence in line
    assert {path: path.read_bytes() for path in before} == before
    assert {path.name for path in good.parent.iterdir()} == {"b.ipynb", *(p.name for p in before)}


def test_what_varies_is_numbers_and_pictures_and_is_left_alone():
    def notebook(text, image, alt, other="always"):
        data = {"image/png": image, "text/plain": alt}
        shown = new_output("display_data", data=data, metadata={"image/png": {"alt": alt}})
        varying = [new_output("stream", name="stdout", text=text), shown]
        stable = [new_output("stream", name="stdout", text=other)]
        cells = [new_code_cell("1", id="a", outputs=varying)]
        cells += [new_code_cell("2", id="b", outputs=stable)]
        cells[0].metadata["tags"] = ["nbval-ignore-output"]
        return new_notebook(cells=cells)

    old = notebook("12.5 s", "AAAA", "loops 12.5")
    for fresh in (notebook("1e-07 s", "BBBB", "loops 1"), notebook("3 s", "AAAA", "loops 3")):
        assert lessons.keep_varying(fresh, old) is old
    for fresh in (
        notebook("12.5 ms", "AAAA", "loops 12.5"),
        notebook("12.5 s", "AAAA", "im2col 1"),
        notebook("3 s", "AAAA", "loops 3", other="never"),  # then the varying ones are renewed, too
    ):
        assert lessons.keep_varying(fresh, old) is fresh


def test_ctrl_c_leaves_the_file_as_it_was(write, tmp_path):
    path = write("import time\nopen('started', 'w').close()\ntime.sleep(60)")
    before = path.read_bytes()
    # What runs in the background inherits that Ctrl-C is ignored; this program must not.
    code = (
        "import pathlib, signal, sys, lessons\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.exit(lessons.main([], pathlib.Path(sys.argv[1])))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT / "tools",
        stderr=subprocess.PIPE,
        text=True,
    )
    start = time.monotonic()
    while not (path.parent / "started").exists():
        assert time.monotonic() - start < 60
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, shown = process.communicate(timeout=60)
    assert (process.returncode, shown) == (130, "a/b: stopped. The file is as it was.\n")
    assert path.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == ["b.ipynb", "started"]


def test_a_name_that_is_none_is_answered_with_the_names(write, tmp_path, capsys):
    path = write("1")
    source = tmp_path / "exercises" / "source" / "sums" / "sums.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(path.read_bytes())
    (path.parent / ".ipynb_checkpoints").mkdir()
    (path.parent / ".ipynb_checkpoints" / "b-checkpoint.ipynb").write_bytes(path.read_bytes())
    assert make_lessons(path, "a/b", "a/d") == 2
    assert (
        capsys.readouterr().err
        == "There is no lesson 'a/d'; the lessons are: a/b, exercises/sums.\n"
    )
    assert read(path).cells[1].execution_count == 9  # nothing ran


def test_a_notebook_of_colab_gets_cell_ids(write):
    notebook = read(write("1 + 1"))
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        del cell["id"]
    once = lessons.normalise(notebook)
    assert once.nbformat_minor == 5
    assert len({cell.id for cell in once.cells}) == 2
    assert lessons.normalise(once) == once


# make repository


def test_a_fork_gets_its_own_address_everywhere(snapshot, tmp_path, capsys):
    owner, name = "Ada-L", "engines.2"  # apart, or this file would change as well
    new = f"https://github.com/{owner}/{name}"
    copy = snapshot.clone(tmp_path / "copy")
    old = repository.address(copy)
    owner_and_name = old.removeprefix("https://github.com/")
    links = copy / "links.md"
    forms = "{url}.git {old}-two {url}. {site}book/ git@github.com:{slug} /github/{slug}/blob\r\n"
    text = forms.format(url=old, old=old, site=repository.site(old), slug=owner_and_name)
    links.write_bytes(text.encode())
    links.chmod(0o755)
    before = dict(repository.texts(copy))

    assert repository.main([f"{new}/"], copy) == 0
    shown = capsys.readouterr().out.splitlines()
    assert repository.address(copy) == new
    site = f"https://ada-l.github.io/{name}/"
    text = forms.format(url=new, old=old, site=site, slug=f"{owner}/{name}")
    assert links.read_bytes() == text.encode()
    assert links.stat().st_mode & 0o777 == 0o755
    links.unlink()
    after = dict(repository.texts(copy))
    for path, text in after.items():
        name = path.relative_to(copy).as_posix()
        assert owner_and_name not in text, name
        assert repository.site(old) not in text, name
        assert (name in shown) == (text != before[path])
        assert name in shown or path.suffix != ".ipynb"
    assert {"_config.yml", "pyproject.toml", "README.md"} <= set(shown)

    # There and back again: what the fork has is what we have.
    assert repository.main([old], copy) == 0
    del before[links]
    assert dict(repository.texts(copy)) == before


def test_what_is_no_address_changes_nothing(tmp_path, capsys):
    config = "repository:\n  url: https://github.com/me/mine\n"
    (tmp_path / "_config.yml").write_text(config)
    for url in (
        "Ada/engines",
        "http://github.com/Ada/engines",
        "https://github.com/Ada/engines/tree/main",
        "https://github.com/Ada/two words",
    ):
        assert repository.main([url], tmp_path) == 2
        shown = capsys.readouterr().err
        assert "https://github.com/OWNER/NAME" in shown and shown.count("\n") == 1
    assert (tmp_path / "_config.yml").read_text() == config
