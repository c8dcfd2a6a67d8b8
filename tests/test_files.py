"""Files that are never seen half written, and names that can be written anywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alexnet_lib.files import name_as_text, write_atomic

ROOT = Path(__file__).resolve().parents[1]


def test_a_file_is_written_and_says_whether_it_has_changed(tmp_path):
    path = tmp_path / "deep/file.txt"
    assert write_atomic(path, "é\n") is True
    assert write_atomic(path, "é\n") is False
    path.chmod(0o640)
    assert write_atomic(path, b"x") is True
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"x", 0o640)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    write_atomic(path, "y")
    assert not path.is_symlink() and not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch, step, error):
    path = tmp_path / "file.txt"
    write_atomic(path, "old")

    def fail(*arguments):
        raise error

    monkeypatch.setattr(os, step, fail)
    with pytest.raises((KeyboardInterrupt, OSError)):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


NAMES = """
import os, sys
sys.path.insert(0, sys.argv[1])
from alexnet_lib.files import name_as_text
print([name_as_text(name).encode() for name in sorted(os.listdir(), key=os.fsencode)])
"""


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system takes only UTF-8")
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_name_is_read_as_utf8_in_every_locale(tmp_path, locale):
    for name in (b"photo\xe9", "Zoë".encode(), b"plain"):
        (tmp_path / os.fsdecode(name)).touch()
    plain = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-c", NAMES, str(ROOT)]
    done = subprocess.run(command, cwd=tmp_path, env=plain, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.strip() == str(["Zoë".encode(), b"photo\\xe9", b"plain"])
    assert name_as_text("Zoë") == "Zoë"
