"""Files that are never seen half written."""

import os

__all__ = ["name_as_text", "write_atomic"]


def name_as_text(name: str) -> str:
    """Return the name of a file as text that can be written anywhere.

    It is read as UTF-8 whatever the locale says; bytes that aren't UTF-8 become \\xe9 and the like.
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def write_atomic(path, content):
    """Write text or bytes to `path` in one step, and return whether the file has changed.

    An interruption or a full disk leaves the old file or the new one, never a part of it. A file
    that already has this content stays as it is; one that is replaced keeps its permissions.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    there = path.is_file() and not path.is_symlink()
    if there and path.stat().st_size == len(data) and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # the content must be on the disk before the name is
        if there:
            beside.chmod(path.stat().st_mode)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return True
