"""A request's parameters: from query, form, multipart or JSON, each a string as the Bot API server sees it."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import BodyPartReader, web

from sandbox.telegram.errors import ApiError, bad
from sandbox.telegram.files import UPLOAD_LIMIT, Upload

Kind = Literal["str", "int", "bool", "json", "chat", "file"]
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
#: What fits into 64 bits, roughly: longer numbers count as none.
NUMBER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True)
class Param:
    """What a method takes: `chat` is an id or @name, `file` an upload, an identifier or an address."""

    name: str
    kind: Kind
    required: bool


def declared(words: str) -> dict[str, Param]:
    """Parameters from a line like "chat_id:chat! text! limit:int": kind after a colon (str if none), "!": required."""
    found = {}
    for word in words.split():
        name, _, kind = word.rstrip("!").partition(":")
        found[name] = Param(name, kind or "str", word.endswith("!"))  # type: ignore[arg-type]  # a word of Kind
    return found


@dataclass
class Params:
    """The strings and files of one request, read leniently as the real server does: what is no number is 0."""

    values: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The string, or ""."""
        return self.values.get(name, "")

    def int(self, name: str, default: int = 0) -> int:
        """The number, 0 when it is none, `default` when absent."""
        value = self.values.get(name, "").strip()
        if not value:
            return default
        return int(value) if NUMBER.fullmatch(value) else 0

    def flag(self, name: str) -> bool:
        """Whether it says true, yes or 1."""
        return self.values.get(name, "").strip().lower() in {"true", "yes", "1"}

    def json(self, name: str, what: str) -> Any:
        """The decoded JSON or None when absent; refuses what is no JSON, naming it as `what`."""
        source = self.values.get(name, "")
        if not source:
            return None
        try:
            return json.loads(source)
        except ValueError:
            raise bad(f"can't parse {what} JSON object") from None

    def complaints(self, known: dict[str, Param]) -> list[str]:
        """Unknown names and values of the wrong kind, which the real server passes over in silence."""
        found = [f"unknown parameter {name}" for name in self.values if name not in known]
        for name, value in self.values.items():
            kind = known[name].kind if name in known else "str"
            if kind == "int" and not NUMBER.fullmatch(value):
                found.append(f"{name} is no Integer: {value[:50]!r}")
            if kind == "bool" and value.lower() not in {"true", "false"}:
                found.append(f"{name} is no Boolean: {value[:50]!r}")
        return found


async def read_params(request: web.Request) -> Params:
    """Every parameter of the request; refuses uploads above 50 MB with 413 and broken JSON with 400."""
    params = Params(dict(request.query.items()))
    if request.content_type == "multipart/form-data":
        await _read_parts(request, params)
    elif request.content_type == "application/json":
        body = await request.text()
        try:
            found = json.loads(body) if body.strip() else {}
        except ValueError:
            raise bad("can't parse JSON object") from None
        if not isinstance(found, dict):
            raise bad("can't parse JSON object")
        for name, value in found.items():
            if value is not None:
                params.values[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    elif request.content_type == "application/x-www-form-urlencoded":
        params.values.update({name: str(value) for name, value in (await request.post()).items()})
    if any(LONE_SURROGATE.search(value) for value in params.values.values()):
        raise bad("strings must be encoded in UTF-8")
    return params


async def _read_parts(request: web.Request, params: Params) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            raise bad("can't parse multipart body")
        data = await part.read(decode=True)
        if part.filename is None:
            params.values[part.name] = data.decode("utf-8", "replace")
        elif len(data) > UPLOAD_LIMIT:
            raise ApiError(413, "Request Entity Too Large")
        else:
            kind = part.headers.get("Content-Type", "application/octet-stream").split(";")[0]
            params.files[part.name] = Upload(part.filename, kind, bytes(data))
