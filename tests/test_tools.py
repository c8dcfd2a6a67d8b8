"""The programs in tools/, and what calls them: workflows and pre-commit."""

import re
import signal
import subprocess
import sys
import time

import lessons
import nbformat
import pytest
import repository
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from repository import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


# make lessons


@pytest.fixture
def write(tmp_path):
    """write(source, ...) -> the path of lesson "a/b", with a code cell of each source."""
    path = tmp_path / "book" / "a" / "b.ipynb"
    path.parent.mkdir(parents=True)

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


def test_a_lesson_is_executed_and_written_in_one_form(write, capsys):
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
    assert re.fullmatch(r"a/b: 4 code cells, \d+\.\d s, written\n", capsys.readouterr().out)
    text = path.read_text()
    assert text.endswith("}\n") and not text.endswith("\n\n")
    assert (path.parent / "note").read_text() == "here"  # it ran in its own folder
    notebook = nbformat.reads(text, as_version=4)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
    }
    title, first, widget, _, error = notebook.cells
    assert [title.id, first.id, widget.id] == ["title", "cell-1", "cell-2"]
    assert [cell.execution_count for cell in notebook.cells[1:]] == [1, 2, 3, 4]
    assert first.metadata == {}
    assert first.outputs == [
        {"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "42"},
            "metadata": {},
            "execution_count": 1,
        },
    ]
    assert widget.outputs[0].data == {"text/html": "<p>w</p>"}
    assert error.metadata == {"tags": ["raises-exception"]}
    assert error.outputs[0].traceback == ["ZeroDivisionError: division by zero"]


def test_the_kernel_is_this_python_whatever_the_machine_has(write, tmp_path, monkeypatch):
    """A kernel that the user once installed under the same name is not the one that runs."""
    spec = tmp_path / "data" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["false"], "display_name": "x", "language": "x"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    path = write(f"import sys\nassert sys.executable == {sys.executable!r}\nprint('the same')")
    assert make_lessons(path) == 0
    assert read(path).cells[1].outputs[0].text == "the same\n"


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        (["1", "x = 2\nx / 0", "3"], "code cell [2] fails: ZeroDivisionError: division by zero"),
        (["import warnings\nwarnings.warn('old')"], "UserWarning: old"),  # on stderr
        (["object()"], "code cell [1] shows something of one machine only: 0x"),
        (["import os\nos._exit(1)"], "code cell [1] was running when its kernel died"),
    ],
)
def test_a_lesson_that_must_not_be_written_is_refused(sources, sentence, write, capsys):
    path = write(*sources)
    before = path.read_bytes()
    assert make_lessons(path) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("a/b: ") and sentence in shown.err and shown.err.count("\n") == 1
    assert shown.out == ""
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["b.ipynb"]


def test_the_other_lessons_run_where_one_is_refused(write, capsys):
    path = write("1 / 0")
    other = path.with_name("c.ipynb")
    other.write_text(path.read_text().replace("1 / 0", "1 + 1"))
    assert make_lessons(path) == 1
    assert "a/b: code cell [1] fails" in (shown := capsys.readouterr()).err
    assert shown.out.startswith("a/c: 1 code cells")


def test_what_only_varies_is_left_alone(write, capsys):
    path = write(
        "print('always')", "import time\nprint(time.time(), 's')", tags=["nbval-ignore-output"]
    )
    assert make_lessons(path) == 0
    before, written = path.read_bytes(), path.stat().st_mtime_ns
    assert make_lessons(path) == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, written)
    assert capsys.readouterr().out.splitlines()[1].endswith("unchanged")

    assert make_lessons(path, "--force") == 0
    assert path.read_bytes() != before

    # An output elsewhere is out of date: then the varying ones are renewed as well.
    path.write_text(path.read_text().replace("always\\n", "never\\n"))
    stale = read(path).cells[2].outputs
    assert make_lessons(path) == 0
    assert read(path).cells[1].outputs[0].text == "always\n"
    assert read(path).cells[2].outputs != stale


def test_what_varies_is_numbers_and_pictures():
    def notebook(text, image, alt):
        metadata = {"image/png": {"alt": alt}}
        data = {"image/png": image, "text/plain": alt}
        outputs = [
            new_output("stream", name="stdout", text=text),
            new_output("display_data", data=data, metadata=metadata),
        ]
        cell = new_code_cell("measure()", id="one", outputs=outputs)
        cell.metadata["tags"] = ["nbval-ignore-output"]
        return new_notebook(cells=[cell])

    old = notebook("12.5 s", "AAAA", "loops 12.5")
    for fresh in (notebook("1e-07 s", "BBBB", "loops 1"), notebook("3 s", "AAAA", "loops 3")):
        assert lessons.keep_varying(fresh, old) is old
    for fresh in (
        notebook("12.5 ms", "AAAA", "loops 12.5"),
        notebook("12.5 s", "AAAA", "im2col 1"),
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


def test_what_a_slow_cell_prints_is_kept_in_one_piece(write):
    notebook = read(write("1 + 1"))
    new_output = nbformat.v4.new_output
    picture = new_output("display_data", data={"text/plain": "A plot."})
    pieces = [new_output("stream", text=text) for text in ("one ", "line\n", "another\n")]
    warning = new_output("stream", text="!\n", name="stderr")
    notebook.cells[1].outputs = [*pieces[:2], picture, pieces[2], warning]
    outputs = lessons.normalise(notebook).cells[1].outputs
    texts = [output.get("text") for output in outputs]
    assert texts == ["one line\n", None, "another\n", "!\n"]
    assert pieces[0].text == "one "  # what was given stays


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


@pytest.mark.parametrize(
    "url",
    [
        "",
        "Ada/engines",
        "http://github.com/Ada/engines",
        "https://github.com/Ada",
        "https://github.com/Ada/engines/tree/main",
        "https://gitlab.com/Ada/engines",
        "https://github.com/Ada/two words",
        "https://github.com/-/engines",
    ],
)
def test_what_is_no_address_changes_nothing(url, tmp_path, capsys):
    config = "repository:\n  url: https://github.com/me/mine\n"
    (tmp_path / "_config.yml").write_text(config)
    assert repository.main([url] if url else [], tmp_path) == 2
    shown = capsys.readouterr().err
    assert "https://github.com/OWNER/NAME" in shown and shown.count("\n") == 1
    assert (tmp_path / "_config.yml").read_text() == config


# Workflows and pre-commit


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_there_are_workflows_for_tests_pages_and_the_week():
    assert [path.stem for path in WORKFLOWS] == ["pages", "test", "weekly"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_calls_make_and_may_do_no_more_than_it_needs(path):
    workflow = yaml.safe_load(path.read_text())
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"(?m)^([a-z]+):", makefile))
    commands = [step["run"] for step in steps(workflow) if "run" in step]
    assert commands
    for command in commands:
        make, target, *variables = command.replace("${{ ", "${{").replace(" }}", "}}").split()
        assert make == "make" and target in targets, command
        for variable in variables:
            assert re.search(rf"(?m)^{variable.split('=')[0]} \?=", makefile), command
    for step in steps(workflow):
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"])
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["defaults"]["run"]["shell"] == "bash"
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 60
        writes = {key for key, value in job.get("permissions", {}).items() if value == "write"}
        assert writes == ({"pages", "id-token"} if name == "deploy" else set())


def test_the_workflows_run_when_they_should():
    workflows = {path.stem: yaml.safe_load(path.read_text()) for path in WORKFLOWS}
    # YAML 1.1 reads the key "on" as true.
    assert set(workflows["test"][True]) == {"push", "pull_request"}
    assert workflows["test"]["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.13"]
    assert workflows["pages"][True]["push"] == {"branches": ["main"]}
    build = [step.get("run") for step in workflows["pages"]["jobs"]["build"]["steps"]]
    assert build.index("make lessons") < build.index("make book")
    assert "schedule" in workflows["weekly"][True]
    runs = workflows["weekly"]["jobs"]["test"]["strategy"]["matrix"]["include"]
    assert {run["resolution"] for run in runs} == {"highest", "lowest-direct"}


def test_pre_commit_calls_the_tools_of_the_environment(tmp_path):
    config = ROOT / ".pre-commit-config.yaml"
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(config)]
    subprocess.run(command, check=True, capture_output=True)
    hooks = [hook for repo in yaml.safe_load(config.read_text())["repos"] for hook in repo["hooks"]]
    assert [hook["id"] for hook in hooks] == ["ruff-check", "ruff-format", "codespell", "hygiene"]
    for hook in hooks:
        assert hook["language"] == "system"
        program, *arguments = hook["entry"].split()
        assert program.startswith(".venv/bin/")
        assert (ROOT / "tools" / "hygiene.py").exists() or "tools/hygiene.py" not in arguments
        installed = sys.prefix + program.removeprefix(".venv")
        subprocess.run([installed, "--help"], check=True, capture_output=True, cwd=tmp_path)
