"""Text files that people write: UTF-8, also with the mark that editors on Windows put before it."""

import errno
from pathlib import Path

#: Characters of the longest; /dev/zero has no end.
LONGEST = 1024 * 1024


def read_text(path: Path) -> str:
    """What it says. Raises OSError, also for a path that is none and for what is no text."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(LONGEST + 1)
    except UnicodeDecodeError as error:
        raise OSError(errno.EILSEQ, "no text in UTF-8") from error
    except ValueError as error:  # a zero byte, or half a character
        raise OSError(errno.EINVAL, "a path that no file can have") from error
    if "\0" in text:
        raise OSError(errno.EILSEQ, "zero bytes, which no text has")
    if len(text) > LONGEST:
        raise OSError(errno.EFBIG, "longer than any settings")
    return text
