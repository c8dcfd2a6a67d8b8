"""Decode a folder of images once, into one file that is mapped into memory.

    pack         PHOTOS/train/cat/one.jpg … -> a packed folder
    open_packed  a packed folder -> ImageSet
    verify       check a packed folder against its checksums

A packed folder holds

    images.u8      the images, one after the other: (N, H, W, C) uint8
    labels.npy     their classes: (N,) int64
    manifest.json  their description, with the checksum of every chunk

A source with train/ and val/ becomes two such folders with the same names.

A chunk is about 32 MB of images. `pack` appends it to images.u8, and then a line about it to
journal.jsonl: its checksum, and a hash of the files it was made from. After a kill, a power cut or
a full disk, the next call keeps the chunks whose line, bytes and files are intact, cuts off the
rest, and packs it again. All this happens in TARGET.part, which becomes TARGET at the end.
"""

import errno
import json
import os
import shutil
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from hashlib import sha256
from itertools import product
from pathlib import Path

import numpy as np

from alexnet_lib.arguments import as_int
from alexnet_lib.data.folders import class_folders
from alexnet_lib.data.pictures import DataError, square
from alexnet_lib.data.sets import ImageSet, cores
from alexnet_lib.files import write_atomic

try:
    import fcntl
except ImportError:  # not on Windows, where nothing stops two processes from packing to one place
    fcntl = None

__all__ = ["open_packed", "pack", "verify"]

FORMAT = 1
IMAGES, LABELS, MANIFEST, JOURNAL = "images.u8", "labels.npy", "manifest.json", "journal.jsonl"
CHUNK = 2**25  # bytes


def pack(source, target, size=256, workers=None, skip_bad=False, progress=None):
    """Pack a folder of images for training, and return the path of the packed folder.

    source    a folder as `load` reads it: class folders, or train/ and val/ with class folders
    target    the packed folder to make
    size      each image becomes its middle square of size × size pixels
    workers   how many images to decode at the same time; by default one for each core
    skip_bad  leave out files that can't be decoded, and note them in the manifest; otherwise the
              first one raises a DataError
    progress  called as progress(done, total) with numbers of files

    Interrupted at any moment, it resumes at the next call. When the folder is complete, another
    call only checks that the files are still the same.
    """
    source, target = Path(source), Path(target)
    size = as_int(size, "size", 1)
    workers = cores() if workers is None else as_int(workers, "workers", 1)
    if not source.is_dir():
        raise DataError(f"There is no folder {source} to pack.")
    if (source / MANIFEST).is_file() or (source / "train" / MANIFEST).is_file():
        raise DataError(f"{source} is packed already: load it as it is.")
    if target.resolve() == source.resolve() or source.resolve() in target.resolve().parents:
        raise DataError(f"{target} is inside {source}, the folder to pack: choose a place outside.")
    name = source.resolve().name
    splits = class_folders(name, source, size)
    parts = {"": splits.train}  # of a folder without train/ and val/
    if splits.test is not None or (source / "train").is_dir():
        parts = {"train": splits.train}
        if splits.test is not None:
            parts[test_folder(splits.test, source)] = splits.test

    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        if all(is_pack_of(target / part, files, source / part) for part, files in parts.items()):
            return target
        raise DataError(
            f"{target} isn't empty, and isn't {source} as it is now, packed with {size} pixels:"
            " remove it, or choose another target."
        )
    total = sum(map(len, parts.values()))
    done = 0
    beside = target.with_name(target.name + ".part")
    with exclusive_folder(beside, target):
        check_leftovers(beside, parts)
        for part, files in parts.items():
            root = source / part
            with closing(Packing(files, root, beside / part, workers, skip_bad).run()) as counts:
                for count in counts:
                    if progress is not None:
                        progress(done + count, total)
            done += len(files)
        for part in parts:
            (beside / part / JOURNAL).unlink(missing_ok=True)
        if target.exists():
            target.rmdir()  # an empty folder
        move(beside, target)
    return target


class Packing:
    """The packing of one folder: `run` goes through its chunks."""

    def __init__(self, files, root, folder, workers, skip_bad):
        self.files = files
        self.root = root
        self.folder = folder
        self.workers = workers
        self.skip_bad = skip_bad
        self.size = files.size
        self.each = 3 * files.size**2  # bytes of an image
        self.chunks = chunks_of(files)

    def run(self):
        """Pack the remaining chunks, and yield after each how many files are done."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if is_pack_of(self.folder, self.files, self.root):
            yield len(self.files)
            return
        (self.folder / MANIFEST).unlink(missing_ok=True)
        lines = self.recover()
        self.check_room(lines)
        yield self.chunks[len(lines) - 1].stop if lines else 0
        with (
            open(self.folder / IMAGES, "ab", buffering=0) as images,
            open(self.folder / JOURNAL, "ab", buffering=0) as journal,
            ThreadPoolExecutor(self.workers, "decode") as pool,
        ):
            try:
                for chunk, pixels, line in self.decode_chunks(pool, len(lines)):
                    append(images, pixels)
                    append(journal, (json.dumps(line) + "\n").encode())
                    lines.append(line)
                    yield chunk.stop
            finally:
                pool.shutdown(cancel_futures=True)
            os.fsync(images.fileno())
        self.finish(lines)

    def recover(self):
        """Return the journal's lines for the intact chunks, and cut off the rest of both files."""
        lines = []
        length = 0
        images = self.folder / IMAGES
        journal = self.folder / JOURNAL
        if images.is_file() and journal.is_file():
            with open(images, "rb") as file:
                for chunk, text in zip(
                    self.chunks, journal.read_bytes().split(b"\n"), strict=False
                ):
                    line = read_line(text)
                    if line is None or (line["skipped"] and not self.skip_bad):
                        break
                    if line["files"] != files_hash(self.files, self.root, chunk):
                        break
                    pixels = file.read(line["images"] * self.each)
                    if sha256(pixels).hexdigest() != line["sha256"]:
                        break
                    lines.append(line)
                    length += len(pixels)
        write_atomic(journal, b"".join((json.dumps(line) + "\n").encode() for line in lines))
        with open(images, "ab") as file:
            file.truncate(length)
        return lines

    def check_room(self, lines):
        """Raise a DataError if the disk has no room for the rest."""
        left = len(self.files) - (self.chunks[len(lines) - 1].stop if lines else 0)
        free = shutil.disk_usage(self.folder).free
        if left * self.each > free:
            raise DataError(
                f"{left:,} images of {self.size} × {self.size} need {left * self.each / 1e9:.1f}"
                f" GB, but only {free / 1e9:.1f} GB are free at {self.folder}: make room, or choose"
                " a smaller size."
            )

    def decode_chunks(self, pool, first):
        """Yield the chunks from number `first` on: positions, pixels, and line for the journal."""
        waiting = deque()
        for chunk in self.chunks[first:]:
            # Start the next chunk before waiting for this one, so that no worker is idle.
            waiting.append(self.start(pool, chunk))
            if len(waiting) > 1:
                yield self.collect(*waiting.popleft())
        while waiting:
            yield self.collect(*waiting.popleft())

    def start(self, pool, chunk):
        """Start to decode the images of a chunk."""
        pixels = np.empty((len(chunk), self.size, self.size, 3), np.uint8)

        def decode(place):
            try:
                pixels[place] = square(self.files.files[chunk[place]], self.size)
            except DataError as error:
                return error
            return None

        files = files_hash(self.files, self.root, chunk)
        return chunk, pixels, files, [pool.submit(decode, place) for place in range(len(chunk))]

    def collect(self, chunk, pixels, files, futures):
        """Wait for a chunk, and return its positions, pixels, and line for the journal."""
        errors = [future.result() for future in futures]
        bad = [place for place, error in enumerate(errors) if error is not None]
        if bad and not self.skip_bad:
            raise DataError(
                f"{errors[bad[0]]} Remove it, or leave such files out with skip_bad=True: what is"
                " packed is kept."
            )
        if files != files_hash(self.files, self.root, chunk):
            raise DataError(
                f"Files in {self.root} were changed while they were packed: call it again when they"
                " are complete; what is packed of the others is kept."
            )
        if bad:
            pixels = np.delete(pixels, bad, axis=0)
        line = {
            "files": files,
            "images": len(pixels),
            "sha256": sha256(pixels).hexdigest(),
            "skipped": [[chunk[place] - chunk.start, errors[place].reason] for place in bad],
        }
        return chunk, pixels, line

    def finish(self, lines):
        """Write the labels and the manifest, which complete the folder."""
        bad = {}
        for chunk, line in zip(self.chunks, lines, strict=True):
            bad |= {chunk.start + place: reason for place, reason in line["skipped"]}
        good = [i for i in range(len(self.files)) if i not in bad]
        if not good:
            raise DataError(f"None of the {len(bad):,} files in {self.root} could be decoded.")
        labels = self.files.labels[good]
        with open(self.folder / LABELS, "wb") as file:
            np.save(file, labels)
            file.flush()
            os.fsync(file.fileno())
        manifest = {
            "format": FORMAT,
            "name": self.files.name,
            "count": len(good),
            "shape": [len(good), self.size, self.size, 3],
            "classes": list(self.files.classes),
            "labels": sha256(labels.tobytes()).hexdigest(),
            "source": {
                "folder": str(self.root.resolve()),
                "files": len(self.files),
                "listing": [line["files"] for line in lines],
            },
            "skipped": [
                {"file": relative_path(self.files.files[i], self.root), "reason": reason}
                for i, reason in bad.items()
            ],
            "chunks": [{"images": line["images"], "sha256": line["sha256"]} for line in lines],
        }
        write_atomic(self.folder / MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())


# --- files and folders -------------------------------------------------------------------------


@contextmanager
def exclusive_folder(folder, target):
    """Make a folder for this process alone, and turn a full disk into one sentence."""
    handle = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if fcntl is not None:
            # The lock is on the folder itself, and ends with the process, however that ends.
            handle = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise DataError(f"Another process is packing to {target}: wait for it.") from None
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None))
        reason = "the disk is full" if full else str(error)
        raise DataError(
            f"Packing to {target} stopped: {reason}. Call it again when that is solved: what is"
            " packed is kept."
        ) from None
    finally:
        if handle is not None:
            os.close(handle)


def check_leftovers(folder, parts):
    """Raise a DataError if the folder, which becomes the packed one, holds anything else."""
    for part, name in product(parts, (MANIFEST, JOURNAL)):
        for file in (folder / part).glob(f".{name}.*"):  # of an interrupted write_atomic
            file.unlink()
    expected = [IMAGES, LABELS, MANIFEST, JOURNAL] if "" in parts else parts
    if foreign := [entry.name for entry in folder.iterdir() if entry.name not in expected]:
        raise DataError(
            f"{folder} is where packing starts, but it holds {foreign[0]}, which is not part of"
            " it: remove that folder, or choose another target."
        )


def append(file, content):
    """Write all of the content: the system may take less at once."""
    rest = memoryview(content)
    rest = rest.cast("B") if rest.nbytes else b""  # a chunk whose images were all skipped
    while rest:
        rest = rest[file.write(rest) :]


def move(old, new):
    """Give a folder its final name in one step."""
    os.replace(old, new)


def read_line(text):
    """Return a line of the journal, or None if it is incomplete."""
    try:
        line = json.loads(text)
        return line if {"files", "images", "sha256", "skipped"} == set(line) else None
    except (ValueError, TypeError):
        return None


def chunks_of(files):
    """Return the positions in each chunk: ranges of about CHUNK bytes of images."""
    step = max(CHUNK // (3 * files.size**2), 1)
    return [range(i, min(i + step, len(files))) for i in range(0, len(files), step)]


def relative_path(file, root):
    """Return the path of a file within the source, wherever the source is."""
    return file.removeprefix(str(root)).replace(os.sep, "/").lstrip("/")


def files_hash(files, root, chunk):
    """Return a hash of the files of a chunk: their names, lengths and times of change."""
    code = sha256(str(files.size).encode())
    for file in files.files[chunk.start : chunk.stop]:
        try:
            about = os.stat(file)
        except OSError:  # `square` reports the reason
            code.update(os.fsencode(f"{relative_path(file, root)} missing\n"))
            continue
        line = f"{relative_path(file, root)} {about.st_size} {about.st_mtime_ns}\n"
        code.update(os.fsencode(line))
    return code.hexdigest()


def is_pack_of(folder, files, root):
    """Return whether this is a packed folder of these files, as they are now."""
    try:
        manifest = read_manifest(folder)
        known = manifest["classes"], manifest["shape"][1:], manifest["source"]["listing"]
    except (DataError, KeyError, TypeError):
        return False
    shape = [files.size, files.size, 3]
    if known[:2] != (list(files.classes), shape):
        return False
    return known[2] == [files_hash(files, root, chunk) for chunk in chunks_of(files)]


def test_folder(files, source):
    """Return the name of the folder in `source` that has these test images."""
    return relative_path(files.files[0], source).split("/")[0]


# --- reading -----------------------------------------------------------------------------------


def read_manifest(folder):
    """Return the manifest of a packed folder, after checking its format."""
    file = Path(folder) / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        known = manifest["format"]
    except FileNotFoundError:
        raise DataError(
            f"{folder} is no packed folder: it has no {MANIFEST}. Make one with pack."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise DataError(f"{file} is damaged: pack the images again.") from None
    if known != FORMAT:
        raise DataError(
            f"{folder} was packed in format {known}, but this version of alexnet_lib reads format"
            f" {FORMAT}: pack the images again."
        )
    return manifest


def open_packed(folder):
    """Return the images of a packed folder, mapped into memory, as an ImageSet.

    This reads only the labels and the manifest. Batches come from the disk the first time, then
    from the system's memory, which all processes share.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    try:
        labels = np.load(folder / LABELS)
        shape = tuple(manifest["shape"])
        images = np.memmap(folder / IMAGES, np.uint8, "r", shape=shape)
        complete = (folder / IMAGES).stat().st_size == images.size
        if not complete or sha256(labels.tobytes()).hexdigest() != manifest["labels"]:
            raise ValueError
        return ImageSet(manifest["name"], images, labels, tuple(manifest["classes"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        raise DataError(f"{folder} is damaged or incomplete: pack the images again.") from None


def verify(folder, progress=None):
    """Read a packed folder and compare its checksums; return the number of its images.

    It reads both train/ and val/ if the folder has them. A DataError names the damaged images.
    """
    folder = Path(folder)
    parts = [folder]
    if not (folder / MANIFEST).is_file() and folder.is_dir():
        parts = sorted(part for part in folder.iterdir() if (part / MANIFEST).is_file()) or parts
    sets = [(part, open_packed(part), read_manifest(part)["chunks"]) for part in parts]
    total = sum(len(images) for _, images, _ in sets)
    done = 0
    for part, data, chunks in sets:
        start = 0
        for chunk in chunks:
            stop = start + chunk["images"]
            if sha256(data.images[start:stop]).hexdigest() != chunk["sha256"]:
                raise DataError(
                    f"Images {start:,} to {stop - 1:,} in {part} are damaged: pack them again."
                )
            done += stop - start
            start = stop
            if progress is not None:
                progress(done, total)
    return total
