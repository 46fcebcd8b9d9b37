"""Which blocks and views the pretend Slack takes, and where it points when it does not."""

from typing import Any

import pytest

from sandbox.slack.blocks import check_message, completed
from sandbox.slack.errors import ApiError
from sandbox.slack.view_shape import check_view

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go"} | more


def options(count: int) -> list[Json]:
    return [{"text": plain(str(n)), "value": str(n)} for n in range(count)]


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements)} | more


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}} | more


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Form"), "submit": plain("Send"), "blocks": list(blocks)} | more


def asked(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": {"action_id": "a"} | element} | more


def has_file(known: str) -> bool:
    return known == "F1"


ACCEPTED: list[Json] = [
    section("x" * 3000),
    section(accessory=button(style="primary", value="v" * 2000, url="https://example.com")),
    section(accessory={"type": "static_select", "action_id": "s", "options": options(100)}),
    section(accessory={"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}),
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2000}] * 6},
    {"type": "header", "text": plain("h" * 150)},
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10},
    {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"},
    actions(*[button(action_id=f"go{n}") for n in range(25)]),
    actions(
        {"type": "datetimepicker", "action_id": "at"}, {"type": "overflow", "action_id": "o", "options": options(5)}
    ),
    {"type": "markdown", "text": "# x"},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]},
    asked({"type": "plain_text_input", "max_length": 3000}),
]


@pytest.mark.parametrize("block", ACCEPTED, ids=lambda b: str(b["type"]))
def test_a_block_within_its_limits_is_taken(block: Json) -> None:
    check_message([block], has_file)


REFUSED: list[tuple[Json, str]] = [
    (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0/type]"),
    (
        {"type": "header", "text": plain("h" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    ({"type": "header", "text": {"type": "mrkdwn", "text": "h"}}, "failed to match all allowed schemas"),
    ({"type": "carousel_of_dreams"}, "unsupported type: carousel_of_dreams [json-pointer:/blocks/0/type]"),
    ({"text": "x"}, "missing required field: type [json-pointer:/blocks/0]"),
    (section(colour="red"), "invalid additional property: colour [json-pointer:/blocks/0]"),
    (section(block_id="b" * 256), "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    (actions(button(text=plain("t" * 76))), "must be less than 76 characters"),
    (actions(button(value="v" * 2001)), "must be less than 2001 characters"),
    (actions(button(action_id="a" * 256)), "must be less than 256 characters"),
    (actions(button(style="green")), "must be a valid enum value"),
    (actions(button(disabled=True)), "invalid additional property: disabled"),
    (actions(*[button(action_id=str(n)) for n in range(26)]), "no more than 25 items allowed"),
    (actions(button(), button()), "action_id already exists"),
    (actions({"type": "multi_static_select", "options": options(1)}), "unsupported type: multi_static_select"),
    (section(accessory={"type": "static_select", "options": options(101)}), "no more than 100 items allowed"),
    (section(accessory={"type": "overflow", "options": options(6)}), "no more than 5 items allowed"),
    (
        section(accessory={"type": "static_select", "options": options(2), "initial_option": options(3)[2]}),
        "initial option must be one of the options",
    ),
    ({"type": "context", "elements": [plain("x")] * 11}, "no more than 10 items allowed"),
    ({"type": "image", "slack_file": {"id": "F2"}, "alt_text": "a"}, "invalid slack file"),
    ({"type": "image", "image_url": "https://example.com/a.png"}, "missing required field: alt_text"),
    ({"type": "image", "image_url": "data:x", "alt_text": "a"}, "invalid image url"),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters"),
    (asked({"type": "file_input"}), "unsupported type: file_input"),
    (
        actions(button(confirm={"title": plain("t" * 101), "text": plain("x")})),
        "must be less than 101 characters",
    ),
]


@pytest.mark.parametrize(("block", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_a_block_beyond_its_limits_is_refused_with_the_place(block: Json, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_message([block], has_file)
    assert refused.value.error == "invalid_blocks"
    messages = refused.value.more["response_metadata"]["messages"]
    assert any(reason in message and message.startswith("[ERROR] ") for message in messages), messages


def test_a_message_takes_fifty_blocks_with_different_ids() -> None:
    check_message([{"type": "divider"}] * 50, has_file)
    with pytest.raises(ApiError) as too_many:
        check_message([{"type": "divider"}] * 51, has_file)
    assert too_many.value.more["errors"] == ["no more than 50 items allowed [json-pointer:/blocks]"]
    with pytest.raises(ApiError, match="invalid_blocks"):
        check_message([{"type": "divider", "block_id": "b"}] * 2, has_file)


def test_blocks_that_are_legal_each_can_be_too_long_together() -> None:
    check_message([section("x" * 3000)] * 4, has_file)
    with pytest.raises(ApiError) as refused:
        check_message([section("x" * 3000)] * 5, has_file)
    assert refused.value.error == "msg_blocks_too_long"


def test_ids_that_were_left_out_are_filled_in() -> None:
    made = completed([actions({"type": "button", "text": plain("Go")}), {"type": "divider", "block_id": "mine"}])
    assert made[0]["block_id"]
    assert made[0]["elements"][0]["action_id"]
    assert made[0]["elements"][0]["text"]["emoji"] is True
    assert made[1]["block_id"] == "mine"


@pytest.mark.parametrize(
    "block",
    [
        asked({"type": kind})
        for kind in ("plain_text_input", "url_text_input", "file_input", "datepicker", "timepicker", "datetimepicker")
    ]
    + [
        asked({"type": kind, "options": options(3)})
        for kind in ("static_select", "multi_static_select", "checkboxes", "radio_buttons")
    ]
    + [asked({"type": "number_input", "is_decimal_allowed": True, "min_value": "1"})],
    ids=lambda b: str(b["element"]["type"]),
)
def test_a_modal_takes_every_kind_of_input(block: Json) -> None:
    check_view(modal(block), "modal", has_file)


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (modal(title=plain("t" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=plain("t" * 25)), "must be less than 25 characters"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (modal({"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}), "block_id already exists"),
        (
            {"type": "modal", "title": plain("T"), "blocks": [asked({"type": "datepicker"})]},
            "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
        ),
        ({"type": "home", "blocks": []}, "must be a valid enum value [json-pointer:/view/type]"),
        (modal(asked({"type": "number_input"})), "missing required field: is_decimal_allowed"),
        (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
    ],
)
def test_a_modal_beyond_its_limits_is_refused(view: Json, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        check_view(view, "modal", has_file)
    assert refused.value.error == "invalid_arguments"
    assert any(reason in message for message in refused.value.more["response_metadata"]["messages"])


def test_a_view_of_more_than_250_kilobytes_is_too_large() -> None:
    big = [section("x" * 2900, block_id=str(n)) for n in range(100)]
    with pytest.raises(ApiError) as refused:
        check_view(modal(*big), "modal", has_file)
    assert refused.value.error == "view_too_large"
