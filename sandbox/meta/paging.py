"""Pages of a listing: cursors that survive what is added and deleted, and the addresses of neighbouring pages."""

import base64
import binascii
from urllib.parse import urlencode

from sandbox.meta.errors import invalid
from sandbox.meta.tokens import Token
from sandbox.meta.world import Json, Node

#: What the address of a neighbouring page does not repeat.
NOT_KEPT = {"after", "before", "as", "access_token", "appsecret_proof"}


def cursor(row: Node | Json, index: int) -> str:
    """The cursor of a row that stands there."""
    name = row.id if isinstance(row, Node) else str(row.get("id", ""))
    return base64.urlsafe_b64encode(f"{index}:{name}".encode()).decode().rstrip("=")


def position(rows: list[Node | Json], at: str) -> int:
    """Where the row of a cursor stands now; where it stood when it is gone. Raises GraphError 100 for no cursor."""
    try:
        text = base64.urlsafe_b64decode(at + "=" * (-len(at) % 4)).decode()
        index, _, name = text.partition(":")
        stood = int(index)
    except (binascii.Error, ValueError) as error:
        raise invalid("Invalid cursors values") from error
    names = [row.id if isinstance(row, Node) else str(row.get("id", "")) for row in rows]
    return names.index(name) if name in names else min(stood, len(rows)) - 1


def address(home: str, path: str, token: Token | None, params: Json, limit: int, **at: str) -> str:
    """The address of a neighbouring page, the token in it as on the real one."""
    kept = {k: v for k, v in params.items() if isinstance(v, str | int | bool) and k not in NOT_KEPT}
    query = kept | {"limit": limit} | at
    if token is not None:
        query["access_token"] = token.value
    return f"{home}/{path}?{urlencode(query)}"
