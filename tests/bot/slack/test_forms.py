"""A form becomes a modal that Slack takes; what was filled in comes back as it was."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archive import FORMATS
from bot.slack import forms
from handlers.forms import Field, Form, Kind, Option
from handlers.words import translator
from sandbox.slack.blocks import completed
from sandbox.slack.inputs import first_values
from sandbox.slack.view_shape import check_view

t = translator("en")
Json = dict[str, Any]


def submitted(view: Json, **changes: Any) -> Json:
    """The view as Slack sends it back, untouched but for `changes` by block_id."""
    blocks = completed(view["blocks"])
    values = first_values(blocks)
    for block_id, value in changes.items():
        values[block_id][block_id].update(value)
    return {**view, "blocks": blocks, "state": {"values": values}}


def test_only_files_that_the_archive_opens_are_offered() -> None:
    pictures = set(forms.FILETYPES) - {"mp4", "mov", "webm"}
    assert {kind.upper().replace("JPG", "JPEG") for kind in pictures} <= set(FORMATS)


def form(*fields: Field, **more: Any) -> Form:
    return Form(verb="draft", title="New post", submit="Save", fields=fields, **more)


OPTIONS = tuple(Option(value=f"o{n}", label=f"Option {n}") for n in range(12))
ALL = (
    Field(name="text", kind=Kind.TEXT, label="Text", value="Hello", hint="as it goes out", required=True),
    Field(name="link", kind=Kind.LINE, label="Link", longest=200),
    Field(name="when", kind=Kind.WHEN, label="When", value="tomorrow 9:00"),
    Field(name="account", kind=Kind.CHOICE, label="Account", options=OPTIONS, value="o3"),
    Field(name="few", kind=Kind.CHOICES, label="Few", options=OPTIONS[:3], value=("o0", "o2")),
    Field(name="many", kind=Kind.CHOICES, label="Many", options=OPTIONS, value=("o11",)),
    Field(name="media", kind=Kind.FILES, label="Pictures"),
)


def test_every_kind_of_field_comes_back_as_it_stood() -> None:
    view = forms.view(form(*ALL, subject="P1", revision=2, value="v", intro="<!channel>"), {"room": "C1"}, t)
    check_view(view, "modal", lambda _file: True)
    metadata, values, files = forms.filled(submitted(view))
    assert metadata == {"verb": "draft", "subject": "P1", "revision": 2, "value": "v", "origin": {"room": "C1"}}
    assert values == {
        "text": "Hello",
        "link": "",
        "when": "tomorrow 9:00",
        "account": "o3",
        "few": ["o0", "o2"],
        "many": ["o11"],
    }
    assert files == {"media": ()}


def test_files_come_by_their_id() -> None:
    view = forms.view(form(*ALL), {}, t)
    _, _, files = forms.filled(submitted(view, media={"files": [{"id": "F1", "name": "cat.png"}, "junk"]}))
    assert [(f.name, f.ref) for f in files["media"]] == [("cat.png", "F1")]


def test_only_required_fields_must_be_filled() -> None:
    view = forms.view(form(*ALL), {}, t)
    assert [b["block_id"] for b in view["blocks"] if b["type"] == "input" and not b["optional"]] == ["text"]


@settings(max_examples=60)
@given(st.text(alphabet="ab \n", max_size=60).map(lambda s: s * 200))
def test_a_text_of_any_length_comes_back_unchanged(value: str) -> None:
    view = forms.view(form(Field(name="text", kind=Kind.TEXT, label="Text", value=value, longest=20_000)), {}, t)
    check_view(view, "modal", lambda _file: True)
    _, values, _ = forms.filled(submitted(view))
    assert values == {"text": value}


def test_more_can_be_added_to_a_long_text() -> None:
    value = "line\n" * 1000
    view = forms.view(form(Field(name="text", kind=Kind.TEXT, label="Text", value=value, longest=20_000)), {}, t)
    last = view["blocks"][-1]["block_id"]
    _, values, _ = forms.filled(submitted(view, **{last: {"value": "and more"}}))
    assert values == {"text": value + "\nand more"}


def test_a_text_longer_than_its_limit_is_shown_whole() -> None:
    view = forms.view(form(Field(name="text", kind=Kind.LINE, label="Text", value="x" * 80, longest=50)), {}, t)
    element = view["blocks"][0]["element"]
    assert (element["initial_value"], element["max_length"]) == ("x" * 80, 80)


def test_a_menu_without_options_is_left_out_and_a_long_one_grouped() -> None:
    many = tuple(Option(value=str(n), label=str(n)) for n in range(250))
    fields = (
        Field(name="none", kind=Kind.CHOICE, label="None"),
        Field(name="many", kind=Kind.CHOICE, label="Many", options=many),
    )
    view = forms.view(form(*fields), {}, t)
    check_view(view, "modal", lambda _file: True)
    assert [b["block_id"] for b in view["blocks"]] == ["many"]
    assert len(view["blocks"][0]["element"]["option_groups"]) == 3


def test_what_no_modal_can_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="carries more"):
        forms.view(form(value="x" * 3000), {}, t)


def test_the_answer_address_is_left_behind_where_it_does_not_fit() -> None:
    view = forms.view(form(value="x" * 2700), {"room": "C1", "response_url": "https://h.example/" + "y" * 300}, t)
    assert forms.metadata_of(view)["origin"] == {"room": "C1", "response_url": ""}


def test_a_refusal_is_shown_at_its_field_or_at_the_first() -> None:
    view = forms.view(form(*ALL, intro="x"), {}, t)
    assert forms.block_for(view, "when") == "when"
    assert forms.block_for(view, "unknown") == "text"
    assert forms.block_for(forms.notice("x", "y", t), "when") == ""


words = st.text(max_size=300)
kinds = st.sampled_from(Kind)
options = st.lists(st.sampled_from(OPTIONS), unique=True, max_size=12).map(tuple)
fields = st.builds(
    Field,
    name=st.text(alphabet="abcdefgh", min_size=1, max_size=8),
    kind=kinds,
    label=words,
    hint=words,
    value=words | st.just(("o1",)),
    options=options,
    required=st.booleans(),
    longest=st.integers(1, 9000),
)


@settings(max_examples=100)
@given(st.lists(fields, unique_by=lambda f: f.name, min_size=1, max_size=8), words, words, words)
def test_any_form_is_taken_by_slack(made: list[Field], title: str, submit: str, intro: str) -> None:
    view = forms.view(Form(verb="x", title=title, submit=submit, intro=intro, fields=tuple(made)), {}, t)
    if view["blocks"]:
        check_view(view, "modal", lambda _file: True)


def test_a_field_that_ends_before_its_text_may_says_how_a_longer_one_is_written() -> None:
    longer = "For a longer text type “/social post”."
    text = Field(name="text", kind=Kind.TEXT, label="Text", hint="As it will be.", longest=20_000, longer=longer)
    (block,) = forms.view(form(text), {}, t)["blocks"]
    assert block["hint"]["text"] == f"As it will be. At most 3000 characters fit into this field. {longer}"
    assert block["element"]["max_length"] == 3000
    short, long = (text.model_copy(update={"value": "x" * size}) for size in (900, 2900))
    assert len(forms.view(form(short), {}, t)["blocks"]) == 1, "there is room for more"
    first, second = forms.view(form(long), {}, t)["blocks"]
    assert first["hint"]["text"] == "As it will be."
    assert "hint" not in second
