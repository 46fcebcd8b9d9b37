"""Refusals as the Graph API words them: one envelope with code, subcode and a trace id (meta.md 0.1)."""

import secrets
from collections.abc import Mapping
from typing import Any

from aiohttp import web


class GraphError(Exception):
    """A refused call. `status` is the HTTP status; clients are meant to classify by `code` and `subcode`."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        subcode: int = 0,
        type: str = "OAuthException",  # noqa: A002 - the envelope's own word
        status: int = 400,
        title: str = "",
        user_message: str = "",
        data: Any = None,
        is_transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.type, self.status = code, message, subcode, type, status
        self.title, self.user_message, self.data, self.is_transient = title, user_message, data, is_transient

    def envelope(self) -> dict[str, Any]:
        """The JSON of the refusal, with a trace id of its own."""
        error: dict[str, Any] = {"message": self.message, "type": self.type, "code": self.code}
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.is_transient or self.subcode:
            error["is_transient"] = self.is_transient
        if self.title:
            error["error_user_title"] = self.title
        if self.user_message:
            error["error_user_msg"] = self.user_message
        if self.data is not None:
            error["error_data"] = self.data
        return {"error": error | {"fbtrace_id": trace_id()}}

    def response(self, headers: Mapping[str, str] | None = None) -> web.Response:
        """The answer to the client."""
        return web.json_response(self.envelope(), status=self.status, headers=headers)


def trace_id() -> str:
    """A name under which Meta's support would find the call."""
    return "A" + secrets.token_urlsafe(16)


def invalid(message: str, **more: Any) -> GraphError:
    """Code 100: a parameter or field is wrong. The message begins with its code, as theirs do."""
    return GraphError(100, f"(#100) {message}", **more)


def missing_object(node_id: str, method: str = "get") -> GraphError:
    """Code 100, subcode 33: there is no such object, or this token must not know of it."""
    text = (
        f"Unsupported {method.lower()} request. Object with ID '{node_id}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation"
    )
    return GraphError(100, text, subcode=33, type="GraphMethodException")


def not_permitted(scopes: list[str], method: str) -> GraphError:
    """Codes 200 (writing) and 10 (reading): the token lacks scopes, or its owner lacks the role."""
    names = ", ".join(scopes)
    if method == "GET":
        return GraphError(10, f"(#10) This endpoint requires the permission {names} to be granted.", status=403)
    return GraphError(200, f"(#200) Requires the permission {names} to manage the object.", status=403)
