"""Bodies of requests from outside: read to a bound."""

from starlette.requests import Request

#: Digits of a length that is worth reading as a number.
DIGITS = 12


async def read_body(request: Request, most: int) -> bytes | None:
    """The body; None where it is larger than `most` bytes, which is noticed before it has come."""
    told = request.headers.get("Content-Length", "")
    if told.isascii() and told.isdecimal() and (len(told) > DIGITS or int(told) > most):
        return None
    raw = bytearray()
    async for piece in request.stream():
        raw += piece
        if len(raw) > most:
            return None
    return bytes(raw)
