"""`fields=a,b{c},d.limit(0).summary(true)`: what a read asks for, parsed; and how a node answers it."""

from dataclasses import dataclass, field

from sandbox.meta.errors import GraphError


@dataclass
class Ask:
    """One field asked for, with its modifiers and what is asked of what it leads to."""

    name: str
    args: dict[str, str] = field(default_factory=dict)
    sub: list["Ask"] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The name under which the answer carries it."""
        return self.args.get("as", self.name)


def parse(text: str) -> list[Ask]:
    """The fields of a `fields` parameter. Raises GraphError 2500 where it cannot be read."""
    reader = _Reader(text)
    found = reader.fields()
    if reader.left():
        raise _syntax(text, reader.at)
    return found


def _syntax(text: str, at: int) -> GraphError:
    seen = text[at : at + 10] or "end of string"
    return GraphError(2500, f"Syntax error \"Expected name instead of '{seen}'.\" at character {at}: {text}")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def left(self) -> str:
        return self.text[self.at :]

    def fields(self) -> list[Ask]:
        found = [self.field()]
        while self.take(","):
            found.append(self.field())
        return found

    def field(self) -> Ask:
        ask = Ask(self.name())
        while self.take("."):
            modifier = self.name()
            ask.args[modifier] = self.argument()
        if self.take("{"):
            ask.sub = self.fields()
            if not self.take("}"):
                raise _syntax(self.text, self.at)
        return ask

    def take(self, mark: str) -> bool:
        self.at += len(self.left()) - len(self.left().lstrip())
        if self.left().startswith(mark):
            self.at += 1
            return True
        return False

    def name(self) -> str:
        self.take(" ")
        start = self.at
        while self.at < len(self.text) and (self.text[self.at].isalnum() or self.text[self.at] in "_:"):
            self.at += 1
        if start == self.at:
            raise _syntax(self.text, self.at)
        return self.text[start : self.at]

    def argument(self) -> str:
        if not self.take("("):
            raise _syntax(self.text, self.at)
        start, depth = self.at, 1
        while self.at < len(self.text):
            depth += {"(": 1, ")": -1}.get(self.text[self.at], 0)
            self.at += 1
            if depth == 0:
                return self.text[start : self.at - 1].strip("\"' ")
        raise _syntax(self.text, self.at)
