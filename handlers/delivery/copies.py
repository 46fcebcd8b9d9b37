"""Files as they were agreed to: copied and hashed in one go, so that the bytes that are checked leave."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from time import time

from handlers.couriers import CHANGED, Held
from handlers.words import N_, Translator
from platforms.contract import Attachment, TryLater

#: How the folder of an attempt's own copies begins, in the archive's: on the same disk, and no file of the archive.
BEGINS = ".leaving-"
#: Bytes copied at once, and seconds after which copies are what a killed process left behind.
PIECE, STALE = 1024 * 1024, 24 * 3600.0
#: `Delivery.reason` of what is held for a file: one of these, a colon, and which of the files it is.
REASONS = {
    "missing": N_("File {n} is missing from the archive."),
    "bytes": N_("File {n} in the archive is not the one that was approved: somebody has overwritten it."),
}


@contextmanager
def copied(files: Sequence[Attachment]) -> Iterator[tuple[Attachment, ...]]:
    """The files at paths that only this attempt knows, with exactly the bytes of their hashes.

    Raises Held where one is missing or has other bytes, TryLater where there is no room for copies.
    """
    if not files:
        yield ()
        return
    archive = files[0].path.parent.parent
    folder = archive / f"{BEGINS}{token_hex(8)}"
    try:
        try:
            _sweep(archive)
            folder.mkdir(parents=True, mode=0o700)
            copies = tuple(_copy(n, file, folder) for n, file in enumerate(files, start=1))
        except OSError as trouble:
            raise TryLater(f"The archive's disk cannot be written to: {trouble.strerror}") from trouble
        yield copies
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_words(t: Translator, reason: str) -> str:
    """What is wrong with a file, where that is why it is held; else ""."""
    what, _, n = reason.partition(":")
    return t(REASONS[what], n=n) if what in REASONS else ""


def _copy(n: int, file: Attachment, folder: Path) -> Attachment:
    target, seen = folder / f"{n}{file.path.suffix}", sha256()
    try:
        if not file.path.is_file():
            raise Held(CHANGED, f"missing:{n}")
        source = file.path.open("rb")
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        raise Held(CHANGED, f"missing:{n}") from None
    with source, target.open("xb") as copy:
        while piece := source.read(PIECE):
            seen.update(piece)
            copy.write(piece)
    if seen.hexdigest() != file.sha256:
        raise Held(CHANGED, f"bytes:{n}")
    return replace(file, path=target, size=target.stat().st_size)


def _sweep(archive: Path) -> None:
    """Delete what processes left behind that were killed while they sent."""
    for left in archive.glob(f"{BEGINS}*"):
        if time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True)
