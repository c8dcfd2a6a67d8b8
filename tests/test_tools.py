"""The programs in tools/."""

import json
import re

import hygiene
import lessons
import nbformat
import page_python
import pytest
import repository
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

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


def make_lessons(path, *arguments):
    return lessons.main([*arguments], root=path.parents[2])


def test_a_lesson_is_executed_and_written_in_normal_form(write, tmp_path, monkeypatch, capsys):
    # A kernel that the user installed under the same name must not run.
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
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.widgets = {"state": {}}
    notebook.metadata.kernelspec = {"name": "elsewhere", "display_name": "Elsewhere"}
    notebook.cells[1].metadata.update(collapsed=True, executionInfo={"elapsed": 5})
    nbformat.write(notebook, path)

    assert make_lessons(path, "a/b") == 0
    first, *_ = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"a/b: 4 code cells, \d+\.\d s, written", first)
    text = path.read_text()
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


def test_advice_is_printed_under_the_line_of_its_lesson_and_fails_nothing(write, capsys):
    lines = ["import time", "print(time.time())", *(f"a = {number}" for number in range(14))]
    path = write("\n".join(lines), tags=["nbval-ignore-output"])
    for options, result in (([], "written"), ([], "unchanged"), (["--force"], "written")):
        assert make_lessons(path, *options) == 0
        first, *rest = capsys.readouterr().out.splitlines()
        assert first.startswith("a/b: 1 code cells, ") and first.endswith(f" s, {result}")
        assert rest == [
            "  advice: says in 0 words why anyone should care; 20 or more read well",
            "  advice: code cell 1 has 16 lines; 15 are enough for one point",
        ]


def test_a_lesson_that_fails_is_not_written_and_the_others_run(write, capsys):
    sentences = {
        "x = 2\nx / 0": "code cell [2] fails: ZeroDivisionError: division by zero",
        "import warnings\nwarnings.warn('old')": "UserWarning: old",  # on stderr
        "object()": "code cell [2] shows a trace of one machine: 0x",
        "import os\nos._exit(1)": "code cell [2] was running when its kernel died",
    }
    good = write("1 + 1")
    text = good.read_text()
    before = {}
    for number, source in enumerate(sentences):
        path = write("1", source, "3").rename(good.with_name(f"a{number}.ipynb"))
        before[path] = path.read_bytes()
    good.write_text(text)
    assert make_lessons(good) == 1
    out, err = capsys.readouterr()
    assert out.startswith("a/b: 1 code cells")
    for line, sentence in zip(err.splitlines(), sentences.values(), strict=True):
        assert line.startswith("a/a") and sentence in line
    assert {path: path.read_bytes() for path in before} == before
    assert make_lessons(good, "a/b", "a/d") == 2
    assert capsys.readouterr().err.startswith("There is no lesson 'a/d'; the lessons are: a/a0, ")


def test_numbers_and_pictures_that_vary_stay_as_they_were():
    def notebook(text, image, alt, other="always"):
        data = {"image/png": image, "text/plain": alt}
        picture = new_output("display_data", data=data, metadata={"image/png": {"alt": alt}})
        varying = [new_output("stream", name="stdout", text=text), picture]
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
        notebook("3 s", "AAAA", "loops 3", other="never"),  # then the varying outputs change, too
    ):
        assert lessons.keep_varying(fresh, old) is fresh


def test_a_notebook_of_colab_gets_cell_ids(write):
    notebook = nbformat.read(write("1 + 1"), as_version=4)
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        del cell["id"]
    once = lessons.normalize(notebook)
    assert once.nbformat_minor == 5
    assert len({cell.id for cell in once.cells}) == 2
    assert lessons.normalize(once) == once


# make repository


def test_a_fork_gets_its_own_address_everywhere(snapshot, tmp_path, capsys):
    owner, name = "Ada-L", "engines.2"  # apart, or this file would change as well
    new = f"https://github.com/{owner}/{name}"
    copy = snapshot.clone(tmp_path / "copy")
    old = repository.address(copy)
    slug = old.removeprefix("https://github.com/")
    links = copy / "links.md"
    forms = "{url}.git {old}-two {url}. {site}book/ git@github.com:{slug} /github/{slug}/blob\r\n"
    text = forms.format(url=old, old=old, site=repository.site(old), slug=slug)
    links.write_bytes(text.encode())
    before = dict(repository.text_files(copy))

    assert repository.main([f"{new}/"], copy) == 0
    changed = capsys.readouterr().out.splitlines()
    assert {"_config.yml", "pyproject.toml", "README.md"} <= set(changed)
    assert repository.address(copy) == new
    site = f"https://ada-l.github.io/{name}/"
    text = forms.format(url=new, old=old, site=site, slug=f"{owner}/{name}")
    assert links.read_bytes() == text.encode()
    links.write_text("")
    for path, text in repository.text_files(copy):
        assert slug not in text and repository.site(old) not in text, path
        assert (path.relative_to(copy).as_posix() in changed) == (text != before[path])

    # Back again: the fork is what it was.
    assert repository.main([old], copy) == 0
    assert dict(repository.text_files(copy)) == before | {links: ""}


def test_a_wrong_address_changes_nothing(tmp_path, capsys):
    config = "repository:\n  url: https://github.com/me/mine\n"
    (tmp_path / "_config.yml").write_text(config)
    for url in ("http://github.com/Ada/engines", "https://github.com/Ada/engines/tree/main"):
        assert repository.main([url], tmp_path) == 2
        assert "https://github.com/OWNER/NAME" in capsys.readouterr().err
    assert (tmp_path / "_config.yml").read_text() == config


# the Python in the page


def test_python_for_the_page_is_made_from_the_right_files_or_not_at_all(
    tmp_path, monkeypatch, capsys
):
    wheel = tmp_path / "numpy.whl"
    wheel.write_bytes(b"another")
    lock = {"packages": {"numpy": {"sha256": page_python.NUMPY_SHA256}}}
    (tmp_path / "pyodide-lock.json").write_text(json.dumps(lock))
    monkeypatch.setattr(page_python, "fetch_pyodide", lambda folder: tmp_path)
    assert page_python.main(["--numpy", str(wheel)], target=tmp_path / "target") == 2
    assert "numpy.whl is not numpy-2.0.2-cp312-cp312-" in capsys.readouterr().err
    assert page_python.main(["--numpy", "gone.whl"], target=tmp_path / "target") == 2
    assert "NumPy's wheel could not be read" in capsys.readouterr().err
    assert not (tmp_path / "target").exists()


def test_without_node_a_sentence_says_so(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(page_python.shutil, "which", lambda name: None)
    assert page_python.main([], target=tmp_path) == 2
    assert capsys.readouterr().err == (
        "page_python: Node and npm are missing; install Node 20 or newer.\n"
    )
