"""What the server says when it refuses, word for word (networks.md 5.7; the server's own English texts)."""

import json

from aiohttp import web


class Refused(Exception):
    """A request that the server answers with an error; `status` and the JSON body are what the caller sees."""

    def __init__(self, status: int, error: str, description: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description
        self.headers = headers or {}

    def response(self) -> web.Response:
        """The JSON answer."""
        body = {"error": self.error} | ({"error_description": self.description} if self.description else {})
        return web.Response(
            status=self.status, text=json.dumps(body), content_type="application/json", headers=self.headers
        )


class TooLargeForProxy(Exception):
    """The web server in front of Mastodon refuses a body above its limit, in HTML and not in JSON."""

    def response(self) -> web.Response:
        """The page nginx shows."""
        page = "<html><head><title>413 Request Entity Too Large</title></head><body>nginx</body></html>"
        return web.Response(status=413, text=page, content_type="text/html")


def invalid(*problems: str) -> Refused:
    """422 in the form of a failed validation; each problem starts with the field's name."""
    return Refused(422, "Validation failed: " + ", ".join(problems))


def not_found() -> Refused:
    """404: no such record, or the caller may not know that there is one."""
    return Refused(404, "Record not found")


def not_allowed() -> Refused:
    """403: the record is there, the act is not permitted."""
    return Refused(403, "This action is not allowed")


def bad_token() -> Refused:
    """401: no token, or an unknown one."""
    return Refused(401, "The access token is invalid")


def revoked_token() -> Refused:
    """401: the token was good once."""
    return Refused(401, "The access token was revoked")


def out_of_scope() -> Refused:
    """403: the token is good but does not cover the act."""
    return Refused(403, "This action is outside the authorized scopes")


def needs_person() -> Refused:
    """422: a token of an application alone was used where an account is needed."""
    return Refused(422, "This method requires an authenticated user")


#: 422 texts about attachments.
NOT_READY = "Cannot attach files that have not finished processing. Try again in a moment!"
MIXED_MEDIA = "Cannot attach a video to a post that already contains images"
TOO_MANY_MEDIA = "Cannot attach more than {limit} files"
MEDIA_GONE = "Media {ids} not found or already attached to another post"
UNVERIFIED_MEDIA = "File type of uploaded media could not be verified"
BROKEN_MEDIA = "Error processing thumbnail for uploaded media"
#: 404 text when the answered status is not there or not visible.
NO_THREAD = "The post you are trying to reply to does not appear to exist."
