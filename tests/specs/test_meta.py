"""The tables of the pretend Meta held against the official node specifications."""

import json
from functools import cache
from typing import Any

import pytest

from sandbox.meta.graph import Edge, Kind
from sandbox.meta.params import Param
from sandbox.meta.server import PRODUCTS
from support.programs import SPECS, needs_specs

OFFICIAL = SPECS / "meta"
pytestmark = needs_specs("meta")

#: Our kinds whose official node has another name; those of "" are not published as a node.
NODES = {
    "Video": "AdVideo", "Story": "Stories", "PageAccount": "Page", "Application": "",
    "IGContainer": "ShadowIGMediaBuilder",
    "instagram:IGUser": "IGUserForIGOnlyAPI", "instagram:IGMedia": "IGMediaForIGOnlyAPI",
    "ThreadsProfile": "", "ThreadsMedia": "", "ThreadsContainer": "",
}  # fmt: skip
#: Edges that the specification spells otherwise than the documented path (IG User, publishing).
SPELLED = {("instagram", "media_publish"): "mediapublish"}
#: Parameters that are documented in guides and missing in the node specifications: (node, edge, method): names.
GUIDES: dict[tuple[str, str, str], set[str]] = {
    # The file of a multipart body (photos guide; Page picture).
    ("Page", "photos", "POST"): {"source"},
    ("Page", "picture", "POST"): {"source"},
    # Ranges of time of every listing by time (Graph API guide on paged results).
    **{("Page", edge, "GET"): {"since", "until"} for edge in ("feed", "posts", "published_posts", "visitor_posts")},
    # Summaries (Object Comments, Likes, Reactions).
    **{
        (node, edge, "GET"): {"summary"}
        for node in ("PagePost", "Comment", "Photo", "Video")
        for edge in ("comments", "likes", "reactions")
    },
    # Parts of boosts are found by their names (Marketing API, "Filter on ad objects").
    **{
        (node, edge, "GET"): {"filtering"}
        for node, edge in (
            ("AdAccount", "campaigns"),
            ("AdAccount", "adsets"),
            ("AdAccount", "ads"),
            ("Campaign", "adsets"),
            ("Campaign", "ads"),
            ("AdSet", "ads"),
        )
    },
}
#: Parameters whose values are published with another node: (node, edge, parameter) to that one.
ELSEWHERE = {("Page", "picture", "type"): ("Profile", "picture", "type")}
#: Fields that are documented in guides and missing in the node specifications.
GUIDED_FIELDS = {
    # Rows of /me/accounts (Page access guide) carry the tasks of the person.
    ("PageAccount", "tasks"),
}


@cache
def document(name: str) -> Any:
    path = OFFICIAL / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


@cache
def official(node: str) -> tuple[dict[tuple[str, str], dict[str, set[str]]], set[str]]:
    """Calls (edge, method) with the types of their parameters, and fields: of the node file and the v26 extract."""
    calls: dict[tuple[str, str], dict[str, set[str]]] = {}
    fields: set[str] = set()

    def take(edge: str, method: str, parameters: dict[str, str]) -> None:
        known = calls.setdefault((edge, method), {})
        for name, kind in parameters.items():
            known.setdefault(name, set()).add(kind)

    if found := document(node):
        fields |= {field["name"] for field in found["fields"]}
        for api in found["apis"]:
            take(api.get("endpoint") or "", api["method"], {p["name"]: p["type"] for p in api["params"]})
    if newer := document("_v26_sdk_extract")["objects"].get(node):
        fields |= set(newer["fields"])
        for call in newer["calls"]:
            take(call["endpoint"].strip("/"), call["method"], call["params"])
    return calls, fields


@cache
def values_of(node: str, edge: str, name: str) -> set[str] | None:
    """The published values of a parameter (of the edge, or of the node's own); None where none are."""
    calls, _ = official(node)
    types = {kind for (at, _), parameters in calls.items() if at == edge for kind in parameters.get(name, ())}
    kinds = {kind.removeprefix("list<").removesuffix(">") for kind in types}
    rows = {row["name"]: row["values"] for row in document("enum_types")}
    found = [set(rows[kind]) for kind in kinds if kind in rows]
    newer = document("_v26_sdk_extract")["objects"].get(node, {"enums": {}, "calls": []})
    for call in newer["calls"]:
        told = call["param_enums"].get(f"{name}_enum", "")
        if call["endpoint"].strip("/") != edge or not told:
            continue
        owner, _, rest = told.partition(".")
        if told.startswith("["):
            found.append(set(json.loads(told.replace("'", '"'))))
        elif objects := document("_v26_sdk_extract")["objects"].get(owner):
            found.append(set(objects["enums"].get(rest.partition(".")[0], [])))
    return set().union(*found) if found else None


def node_of(of: Edge | Kind) -> str:
    """The official node of an edge's or kind's node on its host."""
    name = of.node if isinstance(of, Edge) else of.name
    return NODES.get(f"{of.host}:{name}", NODES.get(name, name))


def edge_of(edge: Edge) -> str:
    return SPELLED.get((edge.host, edge.edge), edge.edge)


def edges() -> list[Edge]:
    """The edges on nodes that are published."""
    return [edge for product in PRODUCTS for edge in product.edges if edge.node and node_of(edge)]


def kinds() -> list[Kind]:
    return [kind for product in PRODUCTS for kind in product.kinds if node_of(kind)]


def called(edge: Edge) -> str:
    return f"{edge.host}:{edge.method} {edge.node}/{edge.edge}"


@pytest.mark.parametrize("edge", edges(), ids=called)
def test_every_edge_and_its_parameters_are_published(edge: Edge) -> None:
    calls, _ = official(node_of(edge))
    key, spelled = (edge.node, edge.edge, edge.method), (edge_of(edge), edge.method)
    assert spelled in calls
    published = set(calls[spelled]) | GUIDES.get(key, set())
    assert set(edge.params) - published == set()


@pytest.mark.parametrize("edge", edges(), ids=called)
def test_every_value_that_is_taken_is_published(edge: Edge) -> None:
    for name, param in edge.params.items():
        if not param.values:
            continue
        node, at, named = ELSEWHERE.get((edge.node, edge.edge, name), (node_of(edge), edge_of(edge), name))
        published = values_of(node, at, named)
        assert published is not None, f"{called(edge)} takes only some values of {name}, of which none are published"
        assert set(param.values) - spelled(param, published) == set(), name


#: Families of official types, and which of ours may stand for them; an id is never read as a number, and some
#: files are called strings.
TYPES = {
    "string": {"string", "file"}, "int": {"int", "string"}, "unsigned int": {"int", "datetime", "string"},
    "float": {"float"}, "bool": {"bool"}, "datetime": {"datetime"}, "map": {"object"},
    "Object": {"object", "string"}, "file": {"file"},
}  # fmt: skip
#: Parameters that a guide gives another type: milliseconds (IG User, media).
NUMBERS = {"thumb_offset"}


@pytest.mark.parametrize("edge", edges(), ids=called)
def test_every_parameter_has_the_published_type(edge: Edge) -> None:
    calls, _ = official(node_of(edge))
    for name, param in edge.params.items():
        for kind in calls[edge_of(edge), edge.method].get(name, ()):
            if kind.startswith("list"):
                assert param.type == "list", (name, kind)
            elif not kind.endswith(("_enum_param", "_enum")) and kind in TYPES:
                assert param.type in TYPES[kind] | {"any"} or name in NUMBERS, (name, kind)


def spelled(param: Param, published: set[str]) -> set[str]:
    return {v for word in published for v in (word, word.lower(), word.upper())} if param.any_case else published


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: f"{kind.host}:{kind.name}")
def test_every_field_is_published(kind: Kind) -> None:
    calls, fields = official(kind.spec or node_of(kind))
    readable = fields | {edge for edge, method in calls if method == "GET"}
    guided = {name for owner, name in GUIDED_FIELDS if owner == kind.name}
    assert set(kind.fields) - readable - guided == set()


def test_required_parameters_of_the_specification_are_required() -> None:
    lax = set()
    for edge in edges():
        found = document(node_of(edge))
        for api in found["apis"] if found else []:
            if (api.get("endpoint") or "", api["method"]) == (edge_of(edge), edge.method):
                required = {p["name"] for p in api["params"] if p.get("required")}
                lax |= {(called(edge), name) for name in required & set(edge.params) if not edge.params[name].required}
    assert lax == set()
