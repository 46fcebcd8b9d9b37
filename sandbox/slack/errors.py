"""What the Web API says when it refuses a call."""

from typing import Any


class ApiError(Exception):
    """A refusal of the Web API: answered as `{"ok": false, "error": ...}` with status 200, or 429 when rate limited."""

    def __init__(self, error: str, *, status: int = 200, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = headers or {}
        self.more = more

    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        return {"ok": False, "error": self.error, **self.more}


def invalid_arguments(*messages: str) -> ApiError:
    """`invalid_arguments` with Slack's `[ERROR] ...` lines in `response_metadata.messages`."""
    return ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {message}" for message in messages]})
