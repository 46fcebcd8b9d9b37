"""What Facebook is asked for is what the official node specifications have."""

import json
import re

import pytest

from platforms.facebook import finding, insights, page, publishing, videos, wire
from support.programs import SPECS, needs_specs

NODES = SPECS / "meta"
pytestmark = needs_specs("meta")
#: Edges that are asked for like fields (Graph API, "Field expansion").
EDGES = {"attachments", "comments", "reactions", "picture", "shares"}
ASKED = [
    ("Comment", wire.COMMENT),
    ("Comment", finding.COMMENTS),
    ("PagePost", wire.POST),
    ("PagePost", wire.VISIT),
    ("PagePost", finding.POSTS),
    ("PagePost", insights.FIELDS),
    ("AdVideo", videos.FIELDS),
    ("Stories", publishing.STORIES),
    ("Page", page.FIELDS),
]


def names(asked: str) -> set[str]:
    """The fields of the first level, without their modifiers and what stands under them."""
    asked = re.sub(r"\.\w+\([^)]*\)", "", asked)
    while "{" in asked:
        asked = re.sub(r"\{[^{}]*\}", "", asked)
    return set(asked.split(","))


@pytest.mark.parametrize(("node", "asked"), ASKED)
def test_every_field_asked_for_exists(node: str, asked: str) -> None:
    known = {field["name"] for field in json.loads((NODES / f"{node}.json").read_text())["fields"]}
    assert names(asked) - known <= EDGES
    assert names(asked) & known
