"""Files that are never seen half written."""

import os

import pytest

from alexnet_lib.files import write_atomic


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
