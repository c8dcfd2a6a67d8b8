"""`make lesson`: a new lesson in a fresh copy of the repository, and names that can't be."""

import difflib
import os
import re
import subprocess
import sys

import hygiene
import nbformat
import new_lesson
import pytest
import yaml

import exercises

ROWS = ("book/course.yml", "_toc.yml")


def make_lesson(folder, *arguments):
    """Run the program as `make lesson` does, with the package of that folder."""
    return subprocess.run(
        [sys.executable, "tools/new_lesson.py", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def files_of(folder):
    """Return {path: content} of the files in a folder that git would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name: (folder / name).read_bytes() for name in listed.stdout.splitlines()}


def test_a_lesson_has_everything_it_needs(snapshot, tmp_path):
    copy = snapshot.clone(tmp_path / "copy")
    before = files_of(copy)
    wanted = ("blocks/lens_flare", "--after", "blocks/pooling", "--widget", "--exercise")
    done = make_lesson(copy, *wanted)
    assert done.returncode == 0, done.stderr
    after = files_of(copy)
    written = {name for name in after if after[name] != before.get(name)}
    assert written == set(re.findall(r"(?m)^  (\S+)$", done.stdout.partition("What to do")[0]))
    release = "exercises/release/lens_flare/lens_flare.ipynb"
    assert len(written - {release}) == 11  # a person edits terms, sources and search.yml, too

    notebooks = [copy / name for name in written if name.endswith(".ipynb")]
    assert len(notebooks) == 3
    for path in notebooks:
        nbformat.validate(nbformat.read(path, as_version=4))
        assert hygiene.problems(path, copy) == []
    assert exercises.main(["--check", "lens_flare"], copy) == 0
    linted = [name for name in written if name.endswith((".py", ".ipynb"))]
    for command in (["check"], ["format", "--check"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, *linted], cwd=copy, check=True)
    lesson = after["book/blocks/lens_flare.ipynb"].decode()
    assert 'data-alexnet-widget=\\"lens_flare\\"' in lesson  # its kernel has shown the widget

    # The rows stand below their neighbours', and whatever was there stays, comments included.
    old, course = (yaml.safe_load(text["book/course.yml"]) for text in (before, after))
    order = list(course["lessons"])
    assert order[order.index("blocks/pooling") + 1] == "blocks/lens_flare"
    assert course["lessons"]["blocks/lens_flare"]["exercise"] == "lens_flare"
    assert "lens_flare" in course["exercises"]
    gone = []
    for plan, old_plan in zip(course["plans"][-2:], old["plans"][-2:], strict=True):
        assert len(plan["sessions"]) == len(old_plan["sessions"])
        at, session = next(
            (number, session)
            for number, session in enumerate(plan["sessions"])
            if "blocks/lens_flare" in session.get("lessons", [])
        )
        assert session["lessons"][:2] == ["blocks/pooling", "blocks/lens_flare"]
        old_session = old_plan["sessions"][at]
        gone += [f"{kind}: [{', '.join(old_session[kind])}]" for kind in ("lessons", "exercises")]
    texts = [[files[name].decode().splitlines() for files in (before, after)] for name in ROWS]
    rows, contents = (list(difflib.unified_diff(*pair, n=1, lineterm="")) for pair in texts)
    assert [row[1:].strip() for row in rows[2:] if row.startswith("-")] == gone
    assert contents[3:5] == [
        "       - file: book/blocks/pooling",
        "+      - file: book/blocks/lens_flare",
    ]
    assert sum(row[0] in "+-" for row in contents[2:]) == 1
    chinese = after["book/index-zh.md"].decode()
    opened = re.findall(r"→ \[[^]]+\]\(([\w/]+)\.ipynb\)", chinese)
    assert opened[opened.index("blocks/pooling") + 1] == "blocks/lens_flare"
    assert "(zh-lens-flare)=\n### Lens flare\n" in chinese


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "A lesson needs a name PART/NAME in small letters, and none was given"),
        (["blocks"], "in small letters, and 'blocks' isn't one"),
        (["blocks/Lens"], "in small letters, and 'blocks/Lens' isn't one"),
        (["blocks/../lens"], "in small letters, and 'blocks/../lens' isn't one"),
        (["blocks/lambda"], "'lambda' is a keyword of Python"),
        (["optics/lens"], "no part 'optics'; its parts are story, blocks, learning, network"),
        (["blocks/pooling"], "The name 'pooling' is taken, by blocks/pooling"),
        (["learning/myths"], "The name 'myths' is taken, by appendix/myths"),
        (["blocks/base", "--widget"], "by the file alexnet_lib/widgets/base.py"),
        (["blocks/pages"], "by the file tests/lessons/claims/pages.py"),
        (["blocks/lens", "--after", "learning/backprop"], "can't come after 'learning/backprop'"),
    ],
)
def test_a_lesson_that_can_not_be_is_refused_in_one_sentence(arguments, sentence, capsys):
    assert new_lesson.main(arguments) == 2
    shown = capsys.readouterr()
    assert sentence in shown.err and shown.err.count("\n") == 1 and shown.out == ""


def test_what_fails_leaves_nothing_behind(tmp_path):
    old, new = tmp_path / "old", tmp_path / "folder" / "new"
    old.write_text("before")
    new.parent.mkdir()
    with pytest.raises(KeyboardInterrupt), new_lesson.all_or_none([old, new]):
        old.write_text("after")
        new.write_text("half of it")
        raise KeyboardInterrupt
    assert old.read_text() == "before" and not new.parent.exists()


def test_a_row_goes_below_the_whole_entry_of_its_neighbour():
    text = "a:\n  - one\n    sections:  # why\n      - two\n  - three\n"
    assert new_lesson.insert_below(text, "  - one", "  - new\n") == text.replace(
        "  - three", "  - new\n  - three"
    )
