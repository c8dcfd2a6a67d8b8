"""Decode a folder of images once, into one file that is mapped into memory.

    pack         PHOTOS/train/cat/one.jpg … -> a packed folder
    open_packed  a packed folder -> ImageSet
    verify       whether it is what was packed

A packed folder holds

    images.u8      the images, one after the other: (N, H, W, C) uint8
    labels.npy     their classes: (N,) int64
    manifest.json  what they are, with the checksum of every chunk of them

and of a source with train/ and val/ two such folders are made, of the same names.

A chunk is some 32 MB of images. Each is appended to images.u8, and then a line about it to
journal.jsonl: its checksum, and a code for the files that it was made of. Whoever comes back
after a kill, a power cut or a full disk keeps the chunks that the journal knows, whose bytes are
whole and whose files are the same; what lies behind them is cut off and made again. All this
happens in a folder beside, TARGET.part, which at last becomes TARGET.
"""

import errno
import json
import os
import shutil
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np

from alexnet_lib.arguments import whole
from alexnet_lib.data.folders import class_folders
from alexnet_lib.data.pictures import DataError, square
from alexnet_lib.data.sets import ImageSet, cores
from alexnet_lib.files import write_atomic

try:
    import fcntl
except ImportError:  # Windows has none: there nobody watches over two that pack to one place
    fcntl = None

__all__ = ["open_packed", "pack", "verify"]

FORMAT = 1
IMAGES, LABELS, MANIFEST, JOURNAL = "images.u8", "labels.npy", "manifest.json", "journal.jsonl"
CHUNK = 2**25  # bytes


def pack(source, target, size=256, workers=None, skip_bad=False, progress=None):
    """Pack a folder of images for training, and give the path of the packed folder.

    source    a folder as `load` reads it: class folders, or train/ and val/ with class folders
    target    the packed folder to make
    size      each image becomes its middle square of size × size pixels
    workers   how many are decoded at the same time; as many as there are cores if not given
    skip_bad  leave out files that can't be decoded, and note them in the manifest; otherwise the
              first one ends the packing, with a sentence
    progress  called as progress(done, total) with numbers of files

    Broken off at any moment, it goes on from there when it is called again. Called again when
    all is done, it only looks whether the files are still the same.
    """
    source, target = Path(source), Path(target)
    size = whole(size, "size", 1)
    workers = cores() if workers is None else whole(workers, "workers", 1)
    if not source.is_dir():
        raise DataError(f"There is no folder {source} to pack.")
    if (source / MANIFEST).is_file() or (source / "train" / MANIFEST).is_file():
        raise DataError(f"{source} is packed already: load it as it is.")
    if target.resolve() == source.resolve() or source.resolve() in target.resolve().parents:
        raise DataError(
            f"{target} lies in {source}, which is to be packed: choose a place outside."
        )
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
    total, done = sum(map(len, parts.values())), 0
    beside = target.with_name(target.name + ".part")
    with filling(beside, target):
        need_own(beside, parts)
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
            target.rmdir()  # it is empty
        move(beside, target)
    return target


class Packing:
    """One folder being packed: `run` goes through its chunks."""

    def __init__(self, files, root, folder, workers, skip_bad):
        self.files, self.root, self.folder = files, root, folder
        self.workers, self.skip_bad = workers, skip_bad
        self.size, self.each = files.size, 3 * files.size**2
        self.chunks = chunks_of(files)

    def run(self):
        """Pack what isn't packed, and yield how many files are done, again and again."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if is_pack_of(self.folder, self.files, self.root):
            yield len(self.files)
            return
        (self.folder / MANIFEST).unlink(missing_ok=True)
        lines = self.kept()
        self.need_room(lines)
        yield self.chunks[len(lines) - 1].stop if lines else 0
        with (
            open(self.folder / IMAGES, "ab", buffering=0) as images,
            open(self.folder / JOURNAL, "ab", buffering=0) as journal,
            ThreadPoolExecutor(self.workers, "decode") as pool,
        ):
            try:
                for chunk, pixels, line in self.decoded(pool, len(lines)):
                    append(images, pixels)
                    append(journal, (json.dumps(line) + "\n").encode())
                    lines.append(line)
                    yield chunk.stop
            finally:
                pool.shutdown(cancel_futures=True)
            os.fsync(images.fileno())
        self.finish(lines)

    def kept(self):
        """The journal's lines for chunks that are whole; what lies behind them is cut off."""
        lines, length = [], 0
        images, journal = self.folder / IMAGES, self.folder / JOURNAL
        if images.is_file() and journal.is_file():
            with open(images, "rb") as file:
                for chunk, text in zip(
                    self.chunks, journal.read_bytes().split(b"\n"), strict=False
                ):
                    line = parsed(text)
                    if line is None or (line["skipped"] and not self.skip_bad):
                        break
                    if line["files"] != listing(self.files, self.root, chunk):
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

    def need_room(self, lines):
        """Refuse to begin what the disk has no room for."""
        left = len(self.files) - (self.chunks[len(lines) - 1].stop if lines else 0)
        free = shutil.disk_usage(self.folder).free
        if left * self.each > free:
            raise DataError(
                f"{left:,} images of {self.size} × {self.size} need {left * self.each / 1e9:.1f}"
                f" GB, but only {free / 1e9:.1f} GB are free at {self.folder}: make room, or choose"
                " a smaller size."
            )

    def decoded(self, pool, first):
        """The chunks from number `first` on: positions, pixels, and line for the journal."""
        waiting = deque()
        for chunk in self.chunks[first:]:
            # The next chunk is begun before this one is waited for: nobody is idle in between.
            waiting.append(self.begin(pool, chunk))
            if len(waiting) > 1:
                yield self.end(*waiting.popleft())
        while waiting:
            yield self.end(*waiting.popleft())

    def begin(self, pool, chunk):
        """Have the images of a chunk decoded."""
        pixels = np.empty((len(chunk), self.size, self.size, 3), np.uint8)

        def one(place):
            try:
                pixels[place] = square(self.files.files[chunk[place]], self.size)
            except DataError as error:
                return error
            return None

        files = listing(self.files, self.root, chunk)
        return chunk, pixels, files, [pool.submit(one, place) for place in range(len(chunk))]

    def end(self, chunk, pixels, files, futures):
        """Wait for the images of a chunk: its positions, pixels, and line for the journal."""
        errors = [future.result() for future in futures]
        bad = [place for place, error in enumerate(errors) if error is not None]
        if bad and not self.skip_bad:
            raise DataError(
                f"{errors[bad[0]]} Remove it, or leave such files out with skip_bad=True: what is"
                " packed is kept."
            )
        if files != listing(self.files, self.root, chunk):
            raise DataError(
                f"Files in {self.root} were changed while they were packed: call it again when they"
                " are as they should be; what is packed of the others is kept."
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
        """Write the labels and the manifest; with that, the folder is packed."""
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
                {"file": relative(self.files.files[i], self.root), "reason": reason}
                for i, reason in bad.items()
            ],
            "chunks": [{"images": line["images"], "sha256": line["sha256"]} for line in lines],
        }
        write_atomic(self.folder / MANIFEST, (json.dumps(manifest, indent=1) + "\n").encode())


# --- what is on the disk -----------------------------------------------------------------------


@contextmanager
def filling(folder, target):
    """A folder for one process alone; a full disk becomes a sentence."""
    handle = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if fcntl is not None:
            # The lock lies on the folder itself, and ends with the process, however it ends.
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
            f"Packing to {target} stopped: {reason}. Call it again when that is mended: what is"
            " packed is kept."
        ) from None
    finally:
        if handle is not None:
            os.close(handle)


def need_own(folder, parts):
    """Refuse a folder with anything but what was begun there: it becomes the packed folder."""
    files = [IMAGES, LABELS, MANIFEST, JOURNAL, f"{MANIFEST}.new", f"{JOURNAL}.new"]
    own = files if "" in parts else parts
    if strange := [entry.name for entry in folder.iterdir() if entry.name not in own]:
        raise DataError(
            f"{folder} is where the packing begins, but it holds {strange[0]}, which isn't of this"
            " one: remove that folder, or choose another target."
        )


def append(file, content):
    """Write all of it: the system may take less at once."""
    left = memoryview(content)
    left = left.cast("B") if left.nbytes else b""  # of a chunk of which all was skipped
    while left:
        left = left[file.write(left) :]


def move(old, new):
    """Give a file or folder its final name, in one step."""
    os.replace(old, new)


def parsed(text):
    """A line of the journal, or None if it was cut off."""
    try:
        line = json.loads(text)
        return line if {"files", "images", "sha256", "skipped"} == set(line) else None
    except (ValueError, TypeError):
        return None


def chunks_of(files):
    """The positions in each chunk: ranges, of as many images as are about CHUNK bytes."""
    step = max(CHUNK // (3 * files.size**2), 1)
    return [range(i, min(i + step, len(files))) for i in range(0, len(files), step)]


def relative(file, root):
    """A file's place in the source: the same, wherever the source lies."""
    return file.removeprefix(str(root)).replace(os.sep, "/").lstrip("/")


def listing(files, root, chunk):
    """A code for the files of a chunk: their names, lengths and times of change."""
    code = sha256(str(files.size).encode())
    for file in files.files[chunk.start : chunk.stop]:
        try:
            about = os.stat(file)
        except OSError:  # square says what is wrong with it
            code.update(f"{relative(file, root)} missing\n".encode())
            continue
        code.update(f"{relative(file, root)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return code.hexdigest()


def is_pack_of(folder, files, root):
    """Whether this is a packed folder of these files, as they are now."""
    try:
        manifest = read_manifest(folder)
        known = manifest["classes"], manifest["shape"][1:], manifest["source"]["listing"]
    except (DataError, KeyError, TypeError):
        return False
    shape = [files.size, files.size, 3]
    if known[:2] != (list(files.classes), shape):
        return False
    return known[2] == [listing(files, root, chunk) for chunk in chunks_of(files)]


def test_folder(files, source):
    """The name of the folder in `source` in which these test images lie."""
    return relative(files.files[0], source).split("/")[0]


# --- reading -----------------------------------------------------------------------------------


def read_manifest(folder):
    """The manifest of a packed folder, with the keys that it must have."""
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
    """The images of a packed folder, mapped into memory: an ImageSet.

    Nothing is read yet but the labels and the manifest. Batches then come from the disk or, once
    they have been read, from the system's memory, which all processes share.
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    try:
        labels = np.load(folder / LABELS)
        shape = tuple(manifest["shape"])
        images = np.memmap(folder / IMAGES, np.uint8, "r", shape=shape)
        whole_file = (folder / IMAGES).stat().st_size == images.size
        if not whole_file or sha256(labels.tobytes()).hexdigest() != manifest["labels"]:
            raise ValueError
        return ImageSet(manifest["name"], images, labels, tuple(manifest["classes"]))
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        raise DataError(f"{folder} is damaged or incomplete: pack the images again.") from None


def verify(folder, progress=None):
    """Read a packed folder through, and give the number of its images: all are as they were packed.

    Of a folder with train/ and val/ both are read. A DataError names what is damaged.
    """
    folder = Path(folder)
    parts = [folder]
    if not (folder / MANIFEST).is_file() and folder.is_dir():
        inside = sorted(part for part in folder.iterdir() if (part / MANIFEST).is_file())
        parts = inside or parts
    sets = [(part, open_packed(part), read_manifest(part)["chunks"]) for part in parts]
    total, done = sum(len(images) for _, images, _ in sets), 0
    for part, data, chunks in sets:
        start = 0
        for chunk in chunks:
            stop = start + chunk["images"]
            if sha256(data.images[start:stop]).hexdigest() != chunk["sha256"]:
                raise DataError(
                    f"Images {start:,} to {stop - 1:,} in {part} are damaged: pack them again."
                )
            done, start = done + stop - start, stop
            if progress is not None:
                progress(done, total)
    return total
