"""Reading what a client sends: JSON, forms and multipart alike, with Rails' arrays; what is unknown is only noted."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.mastodon import refusals

#: Largest body that the web server in front lets through, in bytes.
PROXY_LIMIT = 104 * 1024 * 1024
#: Where a request keeps its entry in the request log.
ENTRY = web.RequestKey("entry", dict[str, Any])


@dataclass
class Upload:
    """A file of a multipart body."""

    name: str
    mime: str
    data: bytes


@dataclass
class Body:
    """The parameters of a request, wherever they stood."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """The parameter as text, None when absent or null."""
        value = self.fields.get(name)
        return None if value is None else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """The parameter as Rails casts booleans: empty is the default, 0, f, false, off are false, the rest true."""
        value = self.fields.get(name)
        if value is None or value == "":
            return default
        return str(value).lower() not in {"0", "f", "false", "off"}

    def number(self, name: str, default: int) -> int:
        """The parameter as a whole number; what is none counts 0, as in Ruby."""
        value = self.fields.get(name)
        if value is None or value == "":
            return default
        digits = str(value).strip()
        return int(digits) if digits.lstrip("-").isdigit() else 0

    def many(self, name: str) -> list[Any]:
        """The parameter as a list; a single value counts as a list of one."""
        value = self.fields.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    def texts(self, name: str) -> list[str]:
        """The parameter as a list of texts."""
        return [str(v) for v in self.many(name)]


async def read_body(request: web.Request, *known: str) -> Body:
    """The body and the query together; parameters not in `known` are ignored and noted as "unknown" in the log."""
    body = Body()
    for name, value in request.query.items():
        _put(body.fields, name, value)
    if request.content_type == "application/json":
        raw = await request.read()
        body.fields |= _json(raw)
    elif request.content_type == "application/x-www-form-urlencoded":
        for name, written in (await request.post()).items():
            _put(body.fields, name, written)
    elif request.content_type == "multipart/form-data":
        await _multipart(request, body)
    note_unknown(request, body, known)
    return body


def read_query(request: web.Request, *known: str) -> Body:
    """The query of a reading call."""
    body = Body()
    for name, value in request.query.items():
        _put(body.fields, name, value)
    note_unknown(request, body, known)
    return body


def note_unknown(request: web.Request, body: Body, known: tuple[str, ...]) -> None:
    """Write into the request log what the call accepts, what it got beyond that and, for multipart, the fields."""
    entry = request[ENTRY]
    entry["accepted"] = sorted(known)
    entry["unknown"] = sorted({*body.fields, *body.files} - {*known, "access_token"})
    if request.content_type == "multipart/form-data":
        entry["fields"] = body.fields | {n: f"{f.name} ({f.mime}, {len(f.data)} bytes)" for n, f in body.files.items()}


def _json(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw or b"{}")
    except ValueError as error:
        raise refusals.Refused(400, "Error occurred while parsing request parameters") from error
    return found if isinstance(found, dict) else {"_json": found}


def _put(fields: dict[str, Any], name: str, value: Any) -> None:
    """Rails' names: a[] appends, a[b] nests, a[][b] appends to a list of maps and starts a new map when b repeats."""
    base, *keys = name.replace("]", "").split("[")
    if not keys:
        fields[base] = value
    elif keys == [""]:
        fields.setdefault(base, []).append(value)
    elif len(keys) == 2 and keys[0] == "":
        maps = fields.setdefault(base, [])
        if not maps or keys[1] in maps[-1]:
            maps.append({})
        maps[-1][keys[1]] = value
    else:
        rest = keys[0] + "".join(f"[{key}]" for key in keys[1:])
        _put(fields.setdefault(base, {}), rest, value)


async def _multipart(request: web.Request, body: Body) -> None:
    if (request.content_length or 0) > PROXY_LIMIT:
        raise refusals.TooLargeForProxy
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise refusals.Refused(400, "Error occurred while parsing request parameters")
        data = bytes(await part.read())
        if part.filename is None:
            _put(body.fields, part.name, data.decode("utf-8", "replace"))
        else:
            body.files[part.name] = Upload(part.filename, part.headers.get("Content-Type", ""), data)
