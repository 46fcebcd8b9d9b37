"""The small checks from which Block Kit is described, with Slack's own wording and JSON pointers for what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]


@dataclass
class Problems:
    """What was found wrong so far, and what the checks need to know about where the blocks will be shown."""

    surface: Surface
    has_file: Callable[[str], bool]
    found: list[str] = field(default_factory=list)
    characters: int = 0

    def add(self, message: str, pointer: str) -> None:
        """Note one problem at one place."""
        self.found.append(f"{message} [json-pointer:{pointer}]")


Check = Callable[[Any, str, Problems], None]


def string(most: int, least: int = 0) -> Check:
    """A string of `least` to `most` characters."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add("must be a string", pointer)
        elif len(value) > most:
            problems.add(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            problems.add(f"must be more than {least - 1} characters", pointer)

    return check


def choice(*allowed: Any) -> Check:
    """One of a few values."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if value not in allowed:
            problems.add("must be a valid enum value", pointer)

    return check


def boolean(value: Any, pointer: str, problems: Problems) -> None:
    """A JSON boolean."""
    if not isinstance(value, bool):
        problems.add("must be a boolean", pointer)


def integer(least: int, most: int) -> Check:
    """A whole number from `least` to `most`."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            problems.add("must be an integer", pointer)
        elif not least <= value <= most:
            problems.add(f"must be between {least} and {most}", pointer)

    return check


def anything(_value: Any, _pointer: str, _problems: Problems) -> None:
    """Not checked."""


def items(each: Check, most: int, least: int = 1) -> Check:
    """An array of `least` to `most` items."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add("must be an array", pointer)
            return
        if len(value) > most:
            problems.add(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            problems.add(f"must provide at least {least} items", pointer)
        for number, item in enumerate(value):
            each(item, f"{pointer}/{number}", problems)

    return check


def fields(required: dict[str, Check], optional: dict[str, Check]) -> Check:
    """An object with these fields and no others."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add("must be an object", pointer)
            return
        for name in required:
            if name not in value:
                problems.add(f"missing required field: {name}", pointer)
        for name, item in value.items():
            known = required.get(name) or optional.get(name)
            if known is None:
                problems.add(f"invalid additional property: {name}", pointer)
            else:
                known(item, f"{pointer}/{name}", problems)

    return check


def text(most: int, *, plain_only: bool = False, least: int = 1) -> Check:
    """A text object; what it says counts towards the total of the message."""
    length = string(most, least)
    plain = fields({"type": anything, "text": length}, {"emoji": boolean})
    mrkdwn = fields({"type": anything, "text": length}, {"verbatim": boolean})

    def check(value: Any, pointer: str, problems: Problems) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind == "plain_text":
            plain(value, pointer, problems)
        elif kind == "mrkdwn" and not plain_only:
            mrkdwn(value, pointer, problems)
        else:
            problems.add("failed to match all allowed schemas", pointer)
            return
        problems.characters += len(str(value.get("text", "")))

    return check


def by_type(known: dict[str, Check]) -> Check:
    """An object whose `type` says which of several descriptions it must match."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add("must be an object", pointer)
        elif "type" not in value:
            problems.add("missing required field: type", pointer)
        elif value["type"] not in known:
            problems.add(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            known[value["type"]](value, pointer, problems)

    return check
