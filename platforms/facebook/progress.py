"""What a publication's progress keeps beside what stands: the ids of its files while they are on their way."""

from collections.abc import Callable

from platforms.contract import Progress

#: Names in the progress.
VIDEO, UPLOAD, WANTED, FINISHED, LOOKS, DUPLICATE = (
    "video",
    "upload",
    "sent",
    "finished",
    "looks",
    "twice",
)


def photo(n: int) -> str:
    """Under which name the id of the n-th picture is kept."""
    return f"photo:{n}"


def photos(load: Callable[[str], str | None], count: int) -> list[str]:
    """The ids of the pictures that were uploaded."""
    return [known for n in range(count) if (known := load(photo(n)))]


def forget_video(progress: Progress) -> None:
    """The next attempt begins with a new video."""
    for name in (VIDEO, UPLOAD, WANTED, FINISHED, LOOKS):
        if progress.load(name):
            progress.save(name, "")
