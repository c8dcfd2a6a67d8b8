"""Read files as people hand them in: in folders, in zips, in zips within zips, or alone.

They are read as bytes, with limits on their number and size. Nothing is unpacked to disk, no link
is followed, and no name in an archive decides where anything is written.
"""

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alexnet_lib.grading.rebuild import SIZE, Unusable

__all__ = ["Entry", "open_download", "open_inner_zip"]

ENTRIES, INNER_ENTRIES = 200_000, 2_000  # in a download, and in a zip that a student handed in
DEPTH = 12  # folders in folders
INNER_SIZE = 60_000_000  # bytes of a zip within a zip
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError)
# How a zip ends. The sixth number is the size of its list of contents; before it, a zip of more
# than 4 GB or 65,535 files has a larger record, with the size in the ninth place, and its address.
END, LONGEST_COMMENT = struct.Struct("<4s4H2LH"), 2**16
LARGE_END = struct.Struct("<4sQ2H2L4Q4sLQL")
LEFTOVERS = {"__MACOSX", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass
class Entry:
    """A file of a download."""

    path: tuple  # names, from the outermost folder to the file
    read: Callable  # (most bytes) -> its bytes; raises Unusable
    date: float = 0.0  # when it was last changed, in seconds, as far as is known
    problem: str = ""  # why it can't be used, if that is known without reading it


@contextmanager
def open_download(path, looked_into: bool = True):
    """Yield the entries of a folder, a zip or a file, which can be read as long as this is open.

    looked_into: whether the names in a zip say whose its files are; else it is one student's file
    """
    path = Path(path)
    with ExitStack() as stack:
        if path.is_dir():
            yield list(folder_entries(path))
        elif not path.is_file():
            raise ValueError(f"there is no file or folder {path}.")
        elif looked_into and path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
            file = stack.enter_context(open(path, "rb"))
            try:
                archive = stack.enter_context(open_zip(file, ENTRIES))
            except Unusable as reason:
                raise ValueError(f"{path} can't be opened: {reason}.") from reason
            yield list(zip_entries(archive))
        else:
            yield [file_entry(path, (path.name,))]


@contextmanager
def open_inner_zip(entry: Entry):
    """Yield the entries of a zip that a student handed in; zips within it have a problem."""
    with open_zip(io.BytesIO(entry.read(INNER_SIZE)), INNER_ENTRIES) as archive:
        entries = list(zip_entries(archive, entry.path))
        for inner in entries:
            if inner.path[-1].lower().endswith(".zip"):
                inner.problem = inner.problem or "an archive in an archive"
        yield entries


def folder_entries(root):
    """Yield the entries of a folder on disk."""
    todo, count = [(root, ())], 0
    while todo:
        place, names = todo.pop()
        try:
            with os.scandir(place) as files:
                files = sorted(files, key=lambda file: file.name)
        except OSError as error:
            problem = f"it can't be read: {error.strerror}"
            yield Entry(names or (root.name,), None, problem=problem)
            continue
        if not files and names:
            yield Entry((*names, ""), None, problem="an empty folder")
        for file in files:
            path, count = (*names, file.name), count + 1
            if count > ENTRIES:
                raise ValueError(f"{root} has more than {ENTRIES:,} files.")
            if file.name in LEFTOVERS or file.name.startswith("._"):
                continue
            if file.is_symlink():
                yield Entry(path, None, problem="it is a link, not a file")
            elif file.is_dir(follow_symlinks=False):
                if len(path) > DEPTH:
                    yield Entry(path, None, problem="too many folders in folders")
                else:
                    todo.append((file.path, path))
            else:
                yield file_entry(file.path, path)


def file_entry(place, names: tuple) -> Entry:
    """Return the entry of a file on disk."""

    def read(most):
        try:
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            with os.fdopen(os.open(place, flags), "rb") as file:
                about = os.fstat(file.fileno())
                if not stat.S_ISREG(about.st_mode):
                    raise Unusable("it is not an ordinary file")
                check_size(about.st_size, most)
                data = file.read(most + 1)
                check_size(len(data), most)
                return data
        except OSError as error:
            raise Unusable(f"it can't be read: {error.strerror}") from error

    try:
        date = os.lstat(place).st_mtime
    except OSError:
        date = 0.0
    return Entry(names, read, date)


def check_size(size: int, most: int):
    """Refuse more than the most bytes."""
    if size > most:
        advice = ": clear the outputs and hand it in again" if most == SIZE else ""
        raise Unusable(f"it has {max(size // 1_000_000, 1):,} MB or more{advice}")


@contextmanager
def open_zip(file, most: int):
    """Open a zip, after counting the files in its list of contents."""
    # Only the list counts: a stored file may hold what looks like another list.
    start, size = contents(file)
    file.seek(start)
    rest, count = b"", 0
    while size > 0 and (block := file.read(min(size, 1 << 22))):
        count += (rest + block).count(b"PK\x01\x02")
        rest, size = block[-3:], size - len(block)
        if count > most:
            raise Unusable(f"an archive with more than {most:,} files")
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except (*BROKEN, NotImplementedError) as error:
        raise Unusable("an archive that is damaged") from error
    with archive:
        yield archive


def contents(file) -> tuple[int, int]:
    """Return where the list of contents of a zip begins, and its size in bytes."""
    size = file.seek(0, os.SEEK_END)
    place = max(size - END.size - LONGEST_COMMENT, 0)
    file.seek(place)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + END.size:
        raise Unusable("an archive that is damaged")
    listed, end = END.unpack_from(tail, at)[5], place + at
    if end >= LARGE_END.size:
        file.seek(end - LARGE_END.size)
        large = LARGE_END.unpack(file.read(LARGE_END.size))
        if (large[0], large[10]) == (b"PK\x06\x06", b"PK\x06\x07"):
            listed, end = large[8], end - LARGE_END.size
    start = max(end - listed, 0)
    return start, end - start


def zip_entries(archive, before=()):
    """Yield the entries of a zip; before: the names of the path to the zip."""
    for info in archive.infolist():
        names = [name for name in re.split(r"[/\\]", info.filename) if name not in ("", ".")]
        path = (*before, *names)
        if not names or info.is_dir() or set(names) & LEFTOVERS or names[-1].startswith("._"):
            continue
        yield Entry(path, make_reader(archive, info), zip_date(info), zip_problem(info, names))


def zip_date(info) -> float:
    """Return when a file was changed, in seconds, according to its zip."""
    try:
        return datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def zip_problem(info, names: list[str]) -> str:
    """Return why a file in a zip can't be used, an empty text if it can."""
    if info.filename[:1] in ("/", "\\") or ".." in names or re.match("[A-Za-z]:", info.filename):
        return "its name leads out of the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link, not a file"
    if len(names) > DEPTH:
        return "too many folders in folders"
    if info.flag_bits & 1:
        return "it is locked with a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is compressed in an unsupported way"
    return ""


def make_reader(archive, info):
    """Return the function that reads a file of a zip, but no more than a limit."""

    def read(most):
        check_size(info.file_size, most)
        try:
            with archive.open(info) as file:
                data = file.read(most + 1)
        except (*BROKEN, NotImplementedError, zipfile.LargeZipFile) as error:
            raise Unusable("its archive is damaged") from error
        check_size(len(data), most)
        return data

    return read
