"""What is particular to the pretend Marketing API, held against the official specifications."""

import json
from typing import Any

import pytest

from sandbox.meta.ads import EDGES, insights, matrix
from sandbox.meta.ads.results import METRICS
from sandbox.meta.graph import Edge
from sandbox.meta.tables import ads as tables
from support.programs import SPECS, needs_specs

FOLDER = SPECS / "meta"
pytestmark = needs_specs("meta")

#: Types of the specifications, and those of the sandbox's tables that may stand for them.
TYPES = {
    "string": {"string", "any"}, "int": {"int"}, "unsigned int": {"int"}, "float": {"float"}, "bool": {"bool"},
    "datetime": {"datetime"}, "map": {"object"}, "Object": {"object", "any", "list"}, "AdCreative": {"object"},
    "Targeting": {"object"},
}  # fmt: skip


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


@pytest.fixture(scope="module")
def v26() -> dict[str, Any]:
    found: dict[str, Any] = load("_v26_sdk_extract.json")["objects"]
    return found


def named(edge: Edge) -> str:
    return f"{edge.method} {edge.node}/{edge.edge}"


@pytest.mark.parametrize("edge", [edge for edge in EDGES if edge.method == "POST"], ids=named)
def test_what_is_written_has_the_official_type(edge: Edge, v26: dict[str, Any]) -> None:
    for call in v26.get(edge.node, {"calls": []})["calls"]:
        if (call["method"], call["endpoint"].strip("/")) != (edge.method, edge.edge):
            continue
        for name, param in edge.params.items():
            kind = call["params"][name]
            ids = {"string"} if name.endswith("_id") else set()  # an id is never read as a number
            if kind.startswith("list<"):
                assert param.type == "list", f"{name} is a {kind}"
            elif not kind.endswith("_enum"):
                assert param.type in TYPES[kind] | ids, f"{name} is a {kind}"


@pytest.mark.parametrize("edge", [edge for edge in EDGES if edge.node], ids=named)
def test_what_the_specification_requires_is_required(edge: Edge) -> None:
    for api in load(f"{edge.node}.json")["apis"]:
        if api["method"] == edge.method and api.get("endpoint") == edge.edge:
            required = {param["name"] for param in api["params"] if param.get("required")}
            assert required <= {name for name, param in edge.params.items() if param.required}


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
