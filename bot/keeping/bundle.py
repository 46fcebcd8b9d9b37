"""One file with a whole desk: a zip archive with a manifest that names everything in it with its checksum.

A zip's directory is at its end: a truncated file is known for one at once, and the manifest is written last and read
first.
Nothing is ever unpacked under a name that the archive chose.
"""

import hashlib
import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import AwareDatetime, BaseModel, ValidationError

from bot.faults import Fault

MANIFEST = "manifest.json"
#: Name of the database in a copy of an SQLite desk.
DATABASE = "bottega.db"
NAME = re.compile(r"bottega\.db|tables/[a-z_]+\.jsonl|media/[0-9a-f]{2}/[0-9a-f]{64}")
#: Bytes read at once.
CHUNK = 1 << 20
#: Bytes of the largest manifest read; each photo or video takes about 200.
LARGEST_MANIFEST = 1 << 28


class Damaged(Fault):
    """The file is not what was once written."""


class Entry(BaseModel):
    """What must be read under a name."""

    size: int
    sha256: str


class LogHead(BaseModel):
    """Where the audit log ended; “bottega doctor --audit-head NUMBER:HASH” tells whether a log goes on from there."""

    number: int
    hash: str
    key: str = ""  #: the id of the key that sealed it, never the key
    at: AwareDatetime


class Manifest(BaseModel):
    """What the file is."""

    format: Literal["bottega 1"] = "bottega 1"
    kind: Literal["sqlite", "tables"]  #: a copy of the SQLite file, or every row as JSON lines
    version: str  #: of the program that wrote it
    revision: str  #: of the schema
    made_at: AwareDatetime  #: what the desk did later is not in it
    counts: dict[str, int]  #: table -> rows
    entries: dict[str, Entry] = {}
    head: LogHead | None = None  #: of the audit log; None where nothing was done, or an older version wrote it
    missing: list[str] = []  #: photos and videos that were not there or not what they should be


class Writer:
    """A file being filled."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.entries: dict[str, Entry] = {}

    @contextmanager
    def entry(self, name: str, *, packed: bool = True) -> Iterator[Callable[[bytes], None]]:
        """Write a part of any length, piece by piece."""
        info = ZipInfo(name)
        info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as stream:

            def write(data: bytes) -> None:
                nonlocal size
                size += len(data)
                digest.update(data)
                stream.write(data)

            yield write
        self.entries[name] = Entry(size=size, sha256=digest.hexdigest())

    def add(self, name: str, path: Path, *, packed: bool = True) -> None:
        """Write a file."""
        with path.open("rb") as file, self.entry(name, packed=packed) as write:
            while piece := file.read(CHUNK):
                write(piece)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which ends the file."""
        whole = manifest.model_copy(update={"entries": self.entries})
        self._archive.writestr(MANIFEST, whole.model_dump_json(indent=1), compress_type=ZIP_DEFLATED)


@contextmanager
def written(target: Path) -> Iterator[Writer]:
    """A file for the owner alone that appears under its name whole, or not at all. Raises Fault, OSError."""
    if target.exists():
        raise Fault(f"{target} is there already; name another file.")
    partial = partial_of(target)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with ZipFile(file, "w") as archive:
                yield Writer(archive)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
        sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def partial_of(target: Path) -> Path:
    """A hidden name beside it that nobody has."""
    return target.with_name(f".{target.name}-{token_hex(4)}")


def sync(path: Path) -> None:
    """Let what was written, or renamed in a folder, survive a power failure."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Bundle:
    """A file that was opened."""

    def __init__(self, path: Path, archive: ZipFile) -> None:
        self._path = path
        self._archive = archive
        self.manifest = self._read_manifest()

    def _read_manifest(self) -> Manifest:
        names = self._archive.namelist()
        if MANIFEST not in names:
            raise self._foreign()
        if self._archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            raise self._damaged("its manifest is too large")
        text = b"".join(self._pieces(MANIFEST, LARGEST_MANIFEST))
        try:
            manifest = Manifest.model_validate_json(text)
        except ValidationError as error:
            raise self._foreign() from error
        if sorted(names) != sorted([*manifest.entries, MANIFEST]):
            raise self._damaged("its manifest does not name what is in it")
        for name, entry in manifest.entries.items():
            if not NAME.fullmatch(name) or (name.startswith("media/") and name != media_name(entry.sha256)):
                raise self._damaged(f"nothing is called {name!r} in a copy of a desk")
        if manifest.kind == "sqlite" and DATABASE not in manifest.entries:
            raise self._damaged("the database is missing")
        return manifest

    def verify(self) -> None:
        """Read everything once. Raises Damaged: nothing was changed by then."""
        for name in self.manifest.entries:
            for _ in self.read(name):
                pass

    def read(self, name: str) -> Iterator[bytes]:
        """A part, piece by piece. Raises Damaged, at the latest after the last piece."""
        expected = self.manifest.entries[name]
        digest, size = hashlib.sha256(), 0
        for piece in self._pieces(name, expected.size):
            digest.update(piece)
            size += len(piece)
            yield piece
        if (size, digest.hexdigest()) != (expected.size, expected.sha256):
            raise self._damaged(f"{name} is not what was written")

    def lines(self, name: str) -> Iterator[bytes]:
        """A part line by line."""
        rest = b""
        for piece in self.read(name):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
        if rest:
            raise self._damaged(f"{name} ends in the middle of a line")

    def extract(self, name: str, target: Path) -> None:
        """Write a part to a file for the owner alone. Raises Damaged, FileExistsError."""
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in self.read(name):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    def _pieces(self, name: str, most: int) -> Iterator[bytes]:
        """At most `most` bytes and one piece, whatever the archive claims: a small file may unpack to terabytes."""
        try:
            with self._archive.open(name) as stream:
                while (piece := stream.read(CHUNK)) and most >= 0:
                    most -= len(piece)
                    yield piece
        except (BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # encrypted, or packed as we never do
            raise self._damaged(f"{name} cannot be read") from error

    def _damaged(self, why: str) -> Damaged:
        return Damaged(f"{self._path} is damaged: {why}. Nothing was changed; take another copy.")

    def _foreign(self) -> Fault:
        return Fault(
            f"{self._path} was not written by “bottega backup” or “bottega export desk” as this version knows it."
        )


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """Open a file that `written` wrote. Raises Damaged, Fault where it is something else, OSError."""
    if path.is_dir():
        raise Fault(f"{path} is a folder; name the file.")
    with path.open("rb") as file:
        try:
            archive = ZipFile(file)
        except BadZipFile as error:
            raise Damaged(
                f"{path} is no copy of a desk, or only the beginning of one. Nothing was changed; take another copy."
            ) from error
        with archive:
            yield Bundle(path, archive)


def media_name(sha256: str) -> str:
    """How a photo or video is called in the file."""
    return f"media/{sha256[:2]}/{sha256}"


def media_into(writer: Writer, hashes: Iterator[str], folder: Path) -> list[str]:
    """Add the photos and videos; returns those that are missing or are not what they were."""
    missing = []
    for sha256 in hashes:
        path = folder / sha256[:2] / sha256
        if path.is_file() and _is(path, sha256):
            writer.add(media_name(sha256), path, packed=False)
        else:
            missing.append(sha256)
    return missing


def media_from(bundle: Bundle, folder: Path) -> int:
    """Put the photos and videos into the archive's folder, beside those that are there; returns how many it holds."""
    found = [name for name in bundle.manifest.entries if name.startswith("media/")]
    for name in found:
        target = folder / name.removeprefix("media/")
        if target.is_file() and _is(target, target.name):
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        arriving = partial_of(target)
        try:
            bundle.extract(name, arriving)
            arriving.replace(target)
        finally:
            arriving.unlink(missing_ok=True)
    return len(found)


def name_at(at: datetime) -> str:
    """How a copy made then is called; they sort by time."""
    return f"bottega-{at:%Y%m%dT%H%M%SZ}.zip"


def _is(path: Path, sha256: str) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
