"""Parameters: what a call may send, decoded from forms, multipart and JSON alike, checked against its edge's table."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from aiohttp import BodyPartReader, web

from sandbox.meta.errors import invalid

Type = Literal["string", "int", "float", "bool", "datetime", "object", "list", "file", "any"]

TRUE, FALSE = {"true", "1"}, {"false", "0", ""}


@dataclass(frozen=True)
class Param:
    """One parameter: its type, whether it must be there, and what values it may have (of a list: its elements).

    A `datetime` arrives as unix seconds or ISO 8601 and is handed on as an aware datetime; a `file` is in
    `Call.files`, unless it came as a text. Values are compared without regard to case where `any_case`.
    """

    type: Type = "string"
    required: bool = False
    values: tuple[str, ...] = ()
    any_case: bool = False


@dataclass
class File:
    """A file of a multipart body."""

    name: str
    mime: str
    data: bytes


async def decode(request: web.Request) -> tuple[dict[str, Any], dict[str, File]]:
    """Every parameter of a request (query and body; the body wins) and its files. Raises GraphError 100."""
    params: dict[str, Any] = dict(request.query)
    files: dict[str, File] = {}
    try:
        if request.content_type == "application/json":
            params |= _body(await request.read())
        elif request.content_type == "application/x-www-form-urlencoded":
            params |= {name: str(value) for name, value in (await request.post()).items()}
        elif request.content_type == "multipart/form-data":
            await _parts(request, params, files)
    except ValueError as error:
        raise invalid("The request body cannot be read") from error
    return _indexed(params), files


def _body(raw: bytes) -> dict[str, Any]:
    body = json.loads(raw or b"{}")
    if not isinstance(body, dict):
        raise invalid("The request body must be a JSON object")
    return body


async def _parts(request: web.Request, params: dict[str, Any], files: dict[str, File]) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise invalid("The request body cannot be read")
        data = bytes(await part.read())
        if part.filename is None:
            params[part.name] = data.decode("utf-8", "replace")
        else:
            files[part.name] = File(part.filename, part.headers.get("Content-Type", ""), data)


def _indexed(params: dict[str, Any]) -> dict[str, Any]:
    """attached_media[0], attached_media[1]… put together to one list."""
    found: dict[str, Any] = {}
    for name, value in params.items():
        base, bracket, index = name.partition("[")
        if bracket and index.rstrip("]").isdigit():
            found.setdefault(base, []).append(_json(value))
        else:
            found[name] = value
    return found


def check(table: Mapping[str, Param], given: Mapping[str, Any], files: Mapping[str, File]) -> dict[str, Any]:
    """The parameters with their types. Raises GraphError 100 for unknown, missing and impossible ones."""
    unknown = sorted({*given, *files} - {*table})
    if unknown:
        raise invalid(f"Unexpected parameter: {', '.join(unknown)}")
    for name, param in table.items():
        if param.required and given.get(name) in (None, "") and name not in files:
            raise invalid(f"The parameter {name} is required")
    strange = [name for name in files if table[name].type != "file"]
    if strange:
        raise invalid(f"Param {strange[0]} must not be a file")
    return {name: _typed(name, table[name], value) for name, value in given.items() if value is not None}


def _typed(name: str, param: Param, value: Any) -> Any:
    read = _READERS[param.type](name, value)
    allowed = {v.lower(): v for v in param.values} if param.any_case else {v: v for v in param.values}
    if not allowed:
        return read
    found = []
    for item in read if isinstance(read, list) else [read]:
        word = str(item).lower() if param.any_case else str(item)
        if word not in allowed:
            raise invalid(f'Param {name} must be one of {{{", ".join(param.values)}}} - got "{item}".')
        found.append(allowed[word])
    return found if isinstance(read, list) else found[0]


def _string(name: str, value: Any) -> str:
    if isinstance(value, dict | list):
        raise invalid(f"Param {name} must be a string.")
    return str(value)


def _int(name: str, value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+", str(value)):
        raise invalid(f"Param {name} must be an integer.")
    return int(value)


def _float(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise invalid(f"Param {name} must be a number.") from error


def _bool(name: str, value: Any) -> bool:
    word = str(value).lower()
    if word not in TRUE | FALSE:
        raise invalid(f"Param {name} must be a boolean.")
    return word in TRUE


def _datetime(name: str, value: Any) -> datetime:
    try:
        if re.fullmatch(r"\d+(\.\d+)?", str(value)):
            return datetime.fromtimestamp(float(value), UTC)
        read = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError) as error:
        raise invalid(f"Param {name} must be a valid date and time.") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _object(name: str, value: Any) -> dict[str, Any]:
    read = _json(value)
    if not isinstance(read, dict):
        raise invalid(f"Param {name} must be a JSON object.")
    return read


def _list(name: str, value: Any) -> list[Any]:
    read = _json(value)
    if isinstance(read, list):
        return read
    if isinstance(read, dict):
        raise invalid(f"Param {name} must be an array.")
    return [part.strip() for part in str(value).split(",") if part.strip()]


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _any(_name: str, value: Any) -> Any:
    return value


_READERS = {
    "string": _string, "int": _int, "float": _float, "bool": _bool, "datetime": _datetime, "object": _object,
    "list": _list, "file": _string, "any": _any,
}  # fmt: skip
