"""The arguments of a Web API call, whether they came in the query, a form or JSON."""

import json
from typing import Any

from aiohttp import web

from sandbox.slack.errors import ApiError, invalid_arguments

Json = dict[str, Any]
#: Arguments that are JSON inside a form field.
_NESTED = {"blocks", "attachments", "metadata", "view", "files"}


class Arguments:
    """What a method was called with. Values of forms are strings; those of JSON bodies keep their types."""

    def __init__(self, values: Json) -> None:
        self.values = {name: value for name, value in values.items() if value is not None}

    def text(self, name: str, default: str = "") -> str:
        """A string, empty when absent."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise invalid_arguments(f"must be a string [json-pointer:/{name}]")
        return str(value)

    def needed(self, name: str) -> str:
        """A string that must be there; refuses with `invalid_arguments` otherwise."""
        if self.values.get(name) in (None, ""):
            raise invalid_arguments(f"missing required field: {name}")
        return self.text(name)

    def flag(self, name: str) -> bool:
        """A boolean: true, "true" or "1"."""
        return str(self.values.get(name, "")).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """A whole number; refuses what is none with `invalid_arguments`."""
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            raise invalid_arguments(f"must be an integer [json-pointer:/{name}]") from None

    def nested(self, name: str, error: str) -> Any:
        """A JSON value, given as such or as a string; None when absent, `error` when it cannot be read."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(error) from None

    def has(self, name: str) -> bool:
        """Whether it was given at all."""
        return name in self.values


async def read(request: web.Request, takes_json: bool) -> tuple[str, Arguments]:
    """The token and the arguments. A JSON body is ignored by methods that only take forms, as the real one does."""
    values: Json = dict(request.query)
    if request.method == "POST":
        values |= await _body(request, takes_json)
    header = request.headers.get("Authorization", "")
    token = header[7:].strip() if header.lower().startswith("bearer ") else str(values.pop("token", ""))
    return token, Arguments(values)


async def _body(request: web.Request, takes_json: bool) -> Json:
    if request.content_type == "application/json":
        try:
            given = await request.json()
        except ValueError:
            raise ApiError("invalid_json") from None
        if not isinstance(given, dict):
            raise ApiError("json_not_object")
        return given if takes_json else {}
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return {}
