"""JSON that came from outside: read whole and made harmless, or refused; nothing behind it meets a surprise.

Python's parser fails in four ways, takes what is no JSON, and lets through what no database column takes.
"""

import json
import math
import re
from typing import Any, NoReturn

#: Levels of the deepest JSON; the deepest of any service that we know has about fifteen.
DEEPEST = 64
#: Digits of the longest whole number: ids have at most 64 bits.
MOST_DIGITS = 20
#: What PostgreSQL refuses in a text, and what no encoding can write.
_BAD = re.compile("[\0\ud800-\udfff]")
#: How these come inside JSON.
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
INSTEAD = "\ufffd"


class NotJson(ValueError):
    """What came is no JSON that anybody would send."""


def read_json(raw: bytes | str) -> Any:
    """The value. Raises NotJson: no JSON, no UTF-8, nested too deep, a number that is none or too long."""
    try:
        text = raw if isinstance(raw, str) else raw.decode()
        found = json.loads(text, parse_constant=_no_number, parse_float=_float, parse_int=_int)
    except (ValueError, RecursionError) as error:
        raise NotJson(type(error).__name__) from None
    if text.count("[") + text.count("{") > DEEPEST or _ESCAPED.search(text) or _BAD.search(text):
        return storable(found)
    return found


def storable(value: Any) -> Any:
    """The same without characters that no database takes. Raises NotJson for what is nested too deep."""
    return _storable(value, 0)


def clean(text: str) -> str:
    """The text without characters that no database takes."""
    return _BAD.sub(INSTEAD, text)


def _storable(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise NotJson("nested too deep")
    match value:
        case str():
            return clean(value)
        case dict():
            return {clean(str(key)): _storable(item, depth + 1) for key, item in value.items()}
        case list() | tuple():
            return [_storable(item, depth + 1) for item in value]
        case float() if not math.isfinite(value):
            raise NotJson("no number")
    return value


def _no_number(word: str) -> NoReturn:
    raise NotJson(word)


def _float(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise NotJson(digits[:10])
    return found


def _int(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise NotJson(digits[:10])
    return int(digits)
