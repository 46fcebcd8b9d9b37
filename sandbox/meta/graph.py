"""The graph itself: edges that may be called, kinds of nodes and their fields, and how an answer is put together."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import isawaitable
from typing import Any, Literal

from sandbox.meta import paging
from sandbox.meta.asking import Ask, parse
from sandbox.meta.errors import GraphError, invalid, missing_object, not_permitted
from sandbox.meta.params import File, Param, check
from sandbox.meta.tokens import Token, TokenKind
from sandbox.meta.world import Json, Node, World

Host = Literal["facebook", "instagram", "threads"]

#: What every call may send.
COMMON: dict[str, Param] = {
    "access_token": Param(),
    "appsecret_proof": Param(),
    "fields": Param(),
    "locale": Param(),
    "pretty": Param("bool"),
    "suppress_http_code": Param("bool"),
}
#: What every listing may be asked.
PAGED: dict[str, Param] = {"limit": Param("int"), "after": Param(), "before": Param()}
#: How many rows a page of a listing has unless `limit` says otherwise, and at most (meta.md 2.3).
PAGE_SIZE, LARGEST_PAGE = 25, 100


@dataclass
class Call:
    """One call as its edge sees it: `node` is what the path named, `params` are typed, `fields` parsed.

    `nested`: the edge was asked for as a field of a node.
    """

    world: World
    host: Host
    version: str
    method: str
    path: str
    node: Node | None = None
    edge: str = ""
    token: Token | None = None
    params: dict[str, Any] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    fields: list[Ask] = field(default_factory=list)
    nested: bool = False

    def get(self, name: str, default: Any = None) -> Any:
        """A parameter, or the default where it was not sent."""
        return self.params.get(name, default)

    @property
    def speaker(self) -> Token:
        """The token of an edge that needs one."""
        if self.token is None:
            raise TypeError("This edge is called without a token.")
        return self.token


@dataclass
class Created:
    """A new node: answered as its id and `more`, or as the `fields` asked for (read after write)."""

    node: Node
    more: Json = field(default_factory=dict)


@dataclass
class Listing:
    """Rows of an edge, in order. Nodes are expanded by the `fields` asked for, plain rows stay as they are."""

    rows: Sequence[Node | Json]
    summary: Json | None = None


Answer = Json | list[Any] | Node | Created | Listing | bool
Handle = Callable[[Call], Answer | Awaitable[Answer]]


@dataclass(frozen=True)
class Edge:
    """One thing that may be called: a method on an edge of a kind of node on a host.

    `node` "" is a path of the host itself (oauth/access_token), `edge` "" the node. `tokens` are the kinds that may
    call it (none: it needs no token), `scopes` what the token must have. `own`: only the token of the account that
    holds the node. `listing`: it takes limit, after and before.
    """

    node: str
    edge: str
    method: str
    params: Mapping[str, Param]
    handle: Handle
    host: Host = "facebook"
    scopes: tuple[str, ...] = ()
    tokens: tuple[TokenKind, ...] = ("user", "page", "system_user")
    own: bool = False
    listing: bool = False

    @property
    def table(self) -> dict[str, Param]:
        """Everything the edge accepts."""
        return {**COMMON, **(PAGED if self.listing else {}), **self.params}


#: Answers one field of a node; None leaves it out. May answer JSON, a Node, or a Listing.
Reader = Callable[[Call, Any, Ask], Any]


@dataclass(frozen=True)
class Kind:
    """The fields of a kind of node on a host, and which a read without `fields` gets (besides `id`).

    `spec` names the official node whose fields these are; "" where none is published. `identity` reads the id that an
    app sees where it is not the node's own.
    """

    name: str
    fields: Mapping[str, Reader]
    default: tuple[str, ...] = ()
    host: Host = "facebook"
    spec: str = ""
    identity: Callable[[Any], str] = lambda node: str(node.id)


def attributes(names: str) -> dict[str, Reader]:
    """Readers of fields that the node has under the same names; empty ones are left out."""

    def reader(name: str) -> Reader:
        return lambda _call, node, _ask: getattr(node, name) if getattr(node, name) not in (None, "") else None

    return {name: reader(name) for name in names.split()}


Kinds = Mapping[tuple[Host, str], Kind]
#: Edges by host, kind of node, name and method.
Edges = Mapping[tuple[Host, str, str, str], Edge]


@dataclass
class Expander:
    """Puts answers together."""

    kinds: Kinds
    edges: Edges

    def answer(self, call: Call, found: Answer) -> Any:
        """The JSON of what a handle answered."""
        if found is True:
            return {"success": True}
        if isinstance(found, Created):
            made = {"id": found.node.id} | found.more
            return made | self.node(call, found.node, call.fields) if call.fields else made
        if isinstance(found, Node):
            return self.node(call, found, call.fields)
        if isinstance(found, Listing):
            return self.listing(call, found, call.params, call.fields, call.path)
        return found

    def node(self, call: Call, node: Node, asks: list[Ask]) -> Json:
        """A node with the fields asked for. Raises GraphError 100 for a field that its kind does not have."""
        kind = self.kinds.get((call.host, node.kind))
        if kind is None:
            raise invalid(f"Nodes of type {node.kind} cannot be read here")
        shape: Json = {}
        for ask in asks or [Ask(name) for name in kind.default]:
            if ask.name == "id":
                continue
            edge = self.edges.get((call.host, node.kind, ask.name, "GET"))
            if ask.name in kind.fields:
                value = kind.fields[ask.name](call, node, ask)
            elif edge:
                value = self.followed(call, node, edge, ask)
            else:
                raise invalid(f"Tried accessing nonexisting field ({ask.name}) on node type ({node.kind})")
            if value is not None:
                shape[ask.key] = self.value(call, value, ask, f"{node.id}/{ask.name}")
        return shape | {"id": kind.identity(node)}

    def followed(self, call: Call, node: Node, edge: Edge, ask: Ask) -> Any:
        """The answer of an edge that was asked for as a field: comments.limit(0).summary(true)."""
        assert call.token
        permit(edge, call.token, node, "GET")
        args = {name: value for name, value in ask.args.items() if name != "as"}
        path = f"{node.id}/{ask.name}"
        sub = replace(call, node=node, edge=ask.name, path=path, params=check(edge.table, args, {}),
                      fields=ask.sub, nested=True)  # fmt: skip
        found = edge.handle(sub)
        if isawaitable(found):
            raise TypeError(f"The edge {ask.name} cannot be read as a field: its handler waits for something.")
        return self.answer(sub, found)

    def value(self, call: Call, value: Any, ask: Ask, path: str) -> Any:
        """What stands behind a field: JSON as it is, nodes and listings expanded."""
        if isinstance(value, Node):
            return self.node(call, value, ask.sub)
        if isinstance(value, Listing):
            args = {k: int(v) if k == "limit" and v.isdigit() else v for k, v in ask.args.items()}
            return self.listing(call, value, args, ask.sub, path)
        return _picked(value, ask.sub) if isinstance(value, dict) else value

    def listing(self, call: Call, found: Listing, params: Json, asks: list[Ask], path: str) -> Json:
        """A page of rows with cursors; `next` and `previous` are addresses, absent at the ends."""
        limit = params.get("limit", PAGE_SIZE)
        if limit < 0:
            raise invalid("Param limit must be greater than or equal to 0")
        limit = min(limit, LARGEST_PAGE)
        rows = list(found.rows)
        start = paging.position(rows, params["after"]) + 1 if params.get("after") else 0
        end = min(start + limit, len(rows))
        if params.get("before"):
            end = max(paging.position(rows, params["before"]), 0)
            start = max(0, end - limit)
        page = rows[start:end]
        shape: Json = {"data": [self.node(call, r, asks) if isinstance(r, Node) else _picked(r, asks) for r in page]}
        if page:
            cursors = {"before": paging.cursor(page[0], start), "after": paging.cursor(page[-1], end - 1)}
            shape["paging"] = {"cursors": cursors}
            where = (f"{call.host}/{call.version}/{path}", call.token)
            if not (call.world.settings.omit_next or call.host == "threads"):
                if end < len(rows):
                    shape["paging"]["next"] = paging.address(
                        call.world.address, *where, params, limit, after=cursors["after"]
                    )
                if start > 0:
                    shape["paging"]["previous"] = paging.address(
                        call.world.address, *where, params, limit, before=cursors["before"]
                    )
        if found.summary is not None and str(params.get("summary", "")).lower() not in {"", "false", "0"}:
            shape["summary"] = found.summary
        return shape


def _picked(row: Json, asks: list[Ask]) -> Json:
    """What is asked of a row that is no node; all of it where nothing is asked."""
    if not asks:
        return row
    wanted = {ask.name: ask.sub for ask in asks}
    found = {k: v for k, v in row.items() if k in {"data", *wanted}}
    return {k: _picked(v, wanted.get(k, [])) if isinstance(v, dict) else v for k, v in found.items()}


def permit(edge: Edge, token: Token, node: Node, method: str) -> None:
    """Raises GraphError where a token of this kind, without these scopes or of another account may not call."""
    if token.kind not in edge.tokens:
        if edge.tokens == ("page",):
            text = "This API call requires a Page access token"
            raise GraphError(190, text, subcode=2069032, title="Page access token required")
        raise GraphError(190, "This method must be called with another kind of access token", status=401)
    if missing := [scope for scope in edge.scopes if scope not in token.scopes]:
        raise not_permitted(missing, method)
    if edge.own and token.owner not in {node.id, node.holder}:
        raise missing_object(node.id, method)


def asked(params: Json) -> list[Ask]:
    """The parsed `fields` of a call; of an edge that has another parameter of that name (subscriptions) none."""
    fields = params.get("fields")
    return parse(fields) if fields and isinstance(fields, str) else []


@dataclass(frozen=True)
class Upload:
    """Bytes (or an address to fetch) that came to rupload for the node with that id."""

    world: World
    node_id: str
    token: Token
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Product:
    """What one part of Meta adds: its edges and kinds, how it begins, what time does to it, and its stage.

    `settle(world)` puts the ready-made nodes there after a reset. `tick(world)` lets happen what is due; it runs before
    every call and every look at the state, and answers whether anything changed. `view(world)` is what the page sees,
    under `name`. `acts` are the handlers of `POST /_/{name}/{act}`, given the world and the JSON body, `looks` those of
    `GET /_/{look}`.
    `uploads` are the handlers of `POST /rupload/{word}/{version}/{id}`.
    """

    name: str
    edges: tuple[Edge, ...]
    kinds: tuple[Kind, ...]
    settle: Callable[[World], None] = lambda _world: None
    tick: Callable[[World], bool] = lambda _world: False
    view: Callable[[World], Json] = lambda _world: {}
    acts: Mapping[str, Callable[[World, Json], Any]] = field(default_factory=dict)
    looks: Mapping[str, Callable[[World], Json]] = field(default_factory=dict)
    uploads: Mapping[str, Callable[[Upload], Json | Awaitable[Json]]] = field(default_factory=dict)


__all__ = [
    "Answer", "Ask", "Call", "Created", "Edge", "Expander", "File", "GraphError", "Kind", "Listing", "Node", "Param",
    "Product", "Upload", "attributes",
]  # fmt: skip
