"""Files as people hand them in: in folders, in zips, in zips within zips, or alone.

They are read as bytes, with a cap on how many and how large. Nothing is unpacked to disk, no link
is followed, and no name in an archive decides where anything is written.
"""

import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alexnet_lib.grading.rebuild import SIZE, Unusable

__all__ = ["Found", "inside", "opened"]

ENTRIES, INNER = 200_000, 2_000  # of a download, and of a zip that a student handed in
DEPTH = 12  # folders in folders
ARCHIVE = 60_000_000  # bytes of a zip within a zip
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError)
LEFTOVERS = {"__MACOSX", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "desktop.ini"}


@dataclass
class Found:
    """A file of a download."""

    path: tuple  # names, from the outermost folder to the file
    read: Callable  # (most bytes) -> its bytes, or Unusable
    date: float = 0.0  # seconds, when it was last changed, as far as is known
    problem: str = ""  # why it can't be used, if that is known without reading


@contextmanager
def opened(path):
    """The list of what is in a folder, a zip or a file; readable as long as this is open."""
    path = Path(path)
    with ExitStack() as stack:
        if path.is_dir():
            yield unwrapped(list(folder(path)), "")
        elif not path.is_file():
            raise ValueError(f"there is no file or folder {path}.")
        elif zipfile.is_zipfile(path):
            file = stack.enter_context(open(path, "rb"))
            try:
                archive = stack.enter_context(unpacked(file, ENTRIES))
            except Unusable as reason:
                raise ValueError(f"{path} can't be opened: {reason}.") from reason
            yield unwrapped(list(listed(archive)), path.stem)
        else:
            yield [one(path, (path.name,))]


def unwrapped(found, stem):
    """The files without a folder around all of them that only the archive has made."""
    heads = {file.path[0] if len(file.path) > 1 else "" for file in found}
    if len(heads) == 1:
        head = heads.pop()
        if head and (head == stem or re.fullmatch(r"assignment_\d+_export|submissions", head)):
            for file in found:
                file.path = file.path[1:]
    return found


def folder(root):
    """What is in a folder on disk."""
    todo, count = [(root, ())], 0
    while todo:
        place, names = todo.pop()
        try:
            with os.scandir(place) as entries:
                entries = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield Found(names or (root.name,), None, problem=f"it can't be read: {error.strerror}")
            continue
        if not entries and names:
            yield Found((*names, ""), None, problem="an empty folder")
        for entry in entries:
            path, count = (*names, entry.name), count + 1
            if count > ENTRIES:
                raise ValueError(f"{root} has more than {ENTRIES:,} files.")
            if entry.name in LEFTOVERS or entry.name.startswith("._"):
                continue
            if entry.is_symlink():
                yield Found(path, None, problem="it is a link, not a file")
            elif entry.is_dir(follow_symlinks=False):
                if len(path) > DEPTH:
                    yield Found(path, None, problem="too many folders in folders")
                else:
                    todo.append((entry.path, path))
            else:
                yield one(entry.path, path)


def one(place, names):
    """A file on disk."""

    def read(most):
        try:
            flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            with os.fdopen(os.open(place, flags), "rb") as file:
                about = os.fstat(file.fileno())
                if not stat.S_ISREG(about.st_mode):
                    raise Unusable("it is no ordinary file")
                too_large(about.st_size, most)
                data = file.read(most + 1)
                too_large(len(data), most)
                return data
        except OSError as error:
            raise Unusable(f"it can't be read: {error.strerror}") from error

    try:
        date = os.lstat(place).st_mtime
    except OSError:
        date = 0.0
    return Found(names, read, date)


def too_large(size, most):
    """Refuse more bytes than the most."""
    if size > most:
        advice = ": clear the outputs and hand it in again" if most == SIZE else ""
        raise Unusable(f"it has {max(size // 1_000_000, 1):,} MB or more{advice}")


@contextmanager
def unpacked(file, most):
    """A zip, after a look at how long its list of contents is."""
    file.seek(0)
    rest, count = b"", 0
    while block := file.read(1 << 22):
        count += (rest + block).count(b"PK\x01\x02")
        rest = block[-3:]
        if count > most:
            raise Unusable(f"an archive with more than {most:,} files")
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except (*BROKEN, NotImplementedError) as error:
        raise Unusable("an archive that is damaged") from error
    with archive:
        yield archive


def listed(archive, before=()):
    """What is in a zip."""
    for info in archive.infolist():
        names = [name for name in re.split(r"[/\\]", info.filename) if name not in ("", ".")]
        path = (*before, *names)
        if not names or info.is_dir() or set(names) & LEFTOVERS or names[-1].startswith("._"):
            continue
        yield Found(path, reader(archive, info), dated(info), wrong_with(info, names))


def dated(info):
    """When a zip says that a file was changed, in seconds."""
    try:
        return datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def wrong_with(info, names):
    """Why a file in a zip can't be used."""
    if info.filename[:1] in ("/", "\\") or ".." in names or re.match("[A-Za-z]:", info.filename):
        return "its name leads out of the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link, not a file"
    if len(names) > DEPTH:
        return "too many folders in folders"
    if info.flag_bits & 1:
        return "it is locked with a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed in a way that is not read here"
    return ""


def reader(archive, info):
    """The function that reads a file of a zip, and never more of it than is asked for."""

    def read(most):
        too_large(info.file_size, most)
        try:
            with archive.open(info) as file:
                data = file.read(most + 1)
        except (*BROKEN, NotImplementedError, zipfile.LargeZipFile) as error:
            raise Unusable("its archive is damaged") from error
        too_large(len(data), most)
        return data

    return read


@contextmanager
def inside(found):
    """What is in a zip that a student handed in; of zips within it only the names."""
    with unpacked(io.BytesIO(found.read(ARCHIVE)), INNER) as archive:
        files = list(listed(archive, found.path))
        for file in files:
            if file.path[-1].lower().endswith(".zip"):
                file.problem = file.problem or "an archive in an archive"
        yield files
