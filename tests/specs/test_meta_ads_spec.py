"""The Marketing API of the pretend Meta held against the official specifications: parameters, values and fields."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.meta.ads import EDGES, insights, kinds, matrix
from sandbox.meta.ads.results import METRICS
from sandbox.meta.graph import Edge, Kind
from sandbox.meta.tables import ads as tables

FOLDER = Path(__file__).parents[3] / "shared" / "specs" / "meta"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="needs the node specifications in ../shared/specs/meta")

#: Types of the specifications, and those of the sandbox's tables that may stand for them.
TYPES = {
    "string": {"string", "any"}, "int": {"int"}, "unsigned int": {"int"}, "float": {"float"}, "bool": {"bool"},
    "datetime": {"datetime"}, "map": {"object"}, "Object": {"object", "any", "list"}, "AdCreative": {"object"},
    "Targeting": {"object"},
}  # fmt: skip
#: Known to the documentation or the networks, absent from the specifications of the node.
BESIDE = {
    ("campaigns", "effective_status"), ("campaigns", "filtering"), ("adsets", "filtering"), ("ads", "filtering"),
("AdsPixel", "sort_by"),
}  # fmt: skip
#: Edges whose node has no specification of its own here, or that are no node's.
UNSPECIFIED = {("", "search")}


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


@pytest.fixture(scope="module")
def v26() -> dict[str, Any]:
    found: dict[str, Any] = load("_v26_sdk_extract.json")["objects"]
    return found


def call_of(edge: Edge, v26: dict[str, Any]) -> dict[str, Any] | None:
    """The parameters that the specifications name for an edge, newest first; None where they do not have it."""
    for call in v26.get(edge.node, {"calls": []})["calls"]:
        if (call["method"], call["endpoint"].strip("/")) == (edge.method, edge.edge):
            params: dict[str, Any] = call["params"]
            return params
    spec = load(f"{edge.node}.json")
    for api in spec["apis"]:
        named = api.get("endpoint") or {"#get": "", "#update": "", "#delete": ""}.get(api.get("name", ""))
        if (api["method"], named) == (edge.method, edge.edge):
            return {param["name"]: param["type"] for param in api["params"]}
    return None


def values_of(kind: str, name: str, v26: dict[str, Any]) -> set[str]:
    """The values of an enum by the name of its parameter, wherever the specifications keep it."""
    title = "".join(part.capitalize() for part in name.removesuffix("_enum").split("_"))
    found: set[str] = set()
    for node in (kind, "Campaign", "AdSet", "Ad", "AdsInsights", "CustomAudience", "AdAccount"):
        found |= set(v26[node]["enums"].get(title, []))
    for enum in load("enum_types.json"):
        if enum["field_or_param"] == name.removesuffix("_enum"):
            found |= set(enum["values"])
    return found


EDGE_IDS = [f"{edge.method} {edge.node}/{edge.edge}" for edge in EDGES]


@pytest.mark.parametrize("edge", EDGES, ids=EDGE_IDS)
def test_every_edge_and_its_parameters_are_official(edge: Edge, v26: dict[str, Any]) -> None:
    if (edge.node, edge.edge) in UNSPECIFIED:
        assert edge.method == "GET"
        return
    official = call_of(edge, v26)
    assert official is not None, "there is no such edge"
    for name, param in edge.params.items():
        if (edge.edge or edge.node, name) in BESIDE:
            continue
        assert name in official, f"{name} is no parameter of it"
        kind = official[name]
        if param.values:
            enum = kind.removeprefix("list<").removesuffix(">")
            assert enum.endswith("_enum") or enum == "string", f"{name} is a {kind}"
            if allowed := values_of(edge.node, enum, v26):
                assert set(param.values) <= allowed, f"{name} takes {set(param.values) - allowed} beside the official"
        elif kind.startswith("list<"):
            assert param.type == "list", f"{name} is a {kind}"
        elif not kind.endswith("_enum"):
            ids = {"string"} if name.endswith("_id") else set()  # an id is never read as a number
            assert param.type in TYPES[kind] | ids, f"{name} is a {kind}"


@pytest.mark.parametrize("edge", [edge for edge in EDGES if edge.node], ids=[i for i in EDGE_IDS if " /" not in i])
def test_what_the_specification_requires_is_required(edge: Edge) -> None:
    for api in load(f"{edge.node}.json")["apis"]:
        if api["method"] == edge.method and api.get("endpoint") == edge.edge:
            required = {param["name"] for param in api["params"] if param.get("required")}
            assert required <= {name for name, param in edge.params.items() if param.required}


@pytest.mark.parametrize("kind", kinds.KINDS, ids=lambda kind: kind.name)
def test_every_field_is_official(kind: Kind, v26: dict[str, Any]) -> None:
    official = set(v26[kind.spec]["fields"]) if kind.spec in v26 else set()
    official |= {field["name"] for field in load(f"{kind.spec}.json")["fields"]}
    assert set(kind.fields) <= official, set(kind.fields) - official


def test_every_metric_and_name_of_insights_is_official(v26: dict[str, Any]) -> None:
    assert set(v26["AdsInsights"]["fields"]) >= METRICS | insights.NAMES


def test_targeting_knows_official_names_only(v26: dict[str, Any]) -> None:
    assert set(v26["Targeting"]["fields"]) >= tables.TARGETING
    assert set(v26["TargetingGeoLocation"]["fields"]) >= tables.GEO


def test_a_creative_may_call_to_official_actions_only(v26: dict[str, Any]) -> None:
    assert set(v26["AdCreative"]["enums"]["CallToActionType"]) >= tables.ACTIONS


def test_the_matrix_takes_official_words_only(v26: dict[str, Any]) -> None:
    enums = v26["AdSet"]["enums"]
    assert set(matrix.MATRIX) <= set(v26["Campaign"]["enums"]["Objective"])
    for rows in matrix.MATRIX.values():
        for row in rows:
            assert row.goals <= set(enums["OptimizationGoal"])
            assert row.destinations <= {"", *enums["DestinationType"]}
            assert row.goals <= set(tables.GOALS)
            assert row.destinations <= {"", *tables.DESTINATIONS}


def test_statuses_that_parts_derive_are_official(v26: dict[str, Any]) -> None:
    told = {
        "Campaign": {"ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "WITH_ISSUES"},
        "AdSet": {"ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "CAMPAIGN_PAUSED", "WITH_ISSUES"},
        "Ad": {
            "ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "PENDING_REVIEW", "DISAPPROVED", "CAMPAIGN_PAUSED",
            "ADSET_PAUSED", "WITH_ISSUES", "PENDING_BILLING_INFO",
        },
    }  # fmt: skip
    for kind, statuses in told.items():
        assert statuses <= set(v26[kind]["enums"]["EffectiveStatus"])
