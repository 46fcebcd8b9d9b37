"""Files that Instagram and Threads fetch themselves: lent by the shelf, and judged beforehand."""

from collections.abc import Iterator

from platforms.contract import Attachment, ContentRefused, Limits, Problem, Shelf, Unsupported

FILMS = frozenset({"video/mp4", "video/quicktime"})


def lent(shelf: Shelf | None, file: Attachment) -> str:
    """Where the network can fetch the file. Raises TryLater, Unsupported where we have no shelf."""
    if shelf is None:
        raise Unsupported("The network fetches pictures and films itself, and has nowhere to fetch them from.")
    try:
        return shelf.lend(file)
    except FileNotFoundError:
        raise ContentRefused("A file is no longer in the archive; add it again.") from None


def unlent(network: str) -> Problem:
    """Said of an account without a shelf."""
    return Problem(
        "{network} fetches pictures and films itself: set public_url in [web] and secret_key in [desk], or a bucket "
        "in [shelf].",
        {"network": network},
    )


def unfit(n: int, file: Attachment, limits: Limits, most: int, network: str) -> Iterator[Problem]:
    """Problems with the kind and size of the n-th file, which may have `most` bytes."""
    if file.mime not in limits.mime_types:
        given = {"n": n, "mime": file.mime, "network": network, "kind": "MP4" if file.is_video else "JPEG"}
        yield Problem("File {n} is of a kind ({mime}) that {network} does not take: save it as {kind}.", given)
    if file.size > most:
        given = {"n": n, "size": f"{file.size / 1e6:.1f}", "limit": f"{most / 1e6:.1f}"}
        yield Problem("File {n} has {size} MB of at most {limit} MB: make it smaller.", given)
    if not file.size:
        yield Problem("File {n} is empty: add it again.", {"n": n})


def undescribed(n: int, file: Attachment, limits: Limits) -> Iterator[Problem]:
    """Problems with the description of the n-th file."""
    if len(file.alt) > limits.alt_text:
        given = {"n": n, "limit": limits.alt_text}
        yield Problem("The description of file {n} is longer than {limit} characters: shorten it.", given)
    if not file.alt.strip():
        yield Problem("File {n} has no description: people who cannot see it will miss it.", {"n": n}, warning=True)
