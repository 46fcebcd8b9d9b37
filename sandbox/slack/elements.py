"""The interactive elements of Block Kit, their fields and limits.

Source: docs.slack.dev/reference/block-kit/block-elements and /composition-objects, one section per element.
"""

from typing import Any

from sandbox.slack.shape import Check, Problems, anything, boolean, choice, fields, integer, items, string, text

CONFIRM = fields(
    {"title": text(100, plain_only=True), "text": text(300)},
    {"confirm": text(30, plain_only=True), "deny": text(30, plain_only=True), "style": choice("primary", "danger")},
)
PLACEHOLDER = text(150, plain_only=True)
OPTION = fields({"text": text(75), "value": string(150, 1)}, {"description": text(75), "url": string(3000, 1)})
OPTION_GROUP = fields({"label": text(75, plain_only=True), "options": items(OPTION, 100)}, {})
DISPATCH = fields({}, {"trigger_actions_on": items(choice("on_enter_pressed", "on_character_entered"), 2)})


def _element(required: dict[str, Check], optional: dict[str, Check], *, confirms: bool = False) -> Check:
    more: dict[str, Check] = {"action_id": string(255, 1), "focus_on_load": boolean}
    if confirms:
        more["confirm"] = CONFIRM
    return fields({"type": anything} | required, optional | more)


def _selecting(inner: Check) -> Check:
    """Options or option groups, never both; what is chosen at first must be one of them."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        inner(value, pointer, problems)
        if ("options" in value) == ("option_groups" in value):
            problems.add("must provide either options or option_groups", pointer)
            return
        offered = list(value.get("options") or [])
        for group in value.get("option_groups") or []:
            offered += group.get("options", []) if isinstance(group, dict) else []
        values = {o.get("value") for o in offered if isinstance(o, dict)}
        if len(values) < len(offered):
            problems.add("option values must be unique", f"{pointer}/options")
        chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options") or []
        for option in chosen:
            if not isinstance(option, dict) or option.get("value") not in values:
                problems.add("initial option must be one of the options", pointer)

    return check


def _listed(most: int, *, several: bool) -> Check:
    initial: dict[str, Check] = {"initial_options": items(OPTION, most)} if several else {"initial_option": OPTION}
    return _selecting(_element({"options": items(OPTION, most)}, initial, confirms=True))


def _select(*, several: bool) -> Check:
    optional: dict[str, Check] = {
        "options": items(OPTION, 100),
        "option_groups": items(OPTION_GROUP, 100),
        "placeholder": PLACEHOLDER,
    }
    if several:
        optional |= {"initial_options": items(OPTION, 100), "max_selected_items": integer(1, 100)}
    else:
        optional |= {"initial_option": OPTION}
    return _selecting(_element({}, optional, confirms=True))


def _picking(kind: str, *, several: bool) -> Check:
    optional: dict[str, Check] = {"placeholder": PLACEHOLDER}
    if several:
        optional |= {f"initial_{kind}s": items(string(20, 1), 100), "max_selected_items": integer(1, 100)}
    else:
        optional |= {f"initial_{kind}": string(20, 1), "response_url_enabled": boolean}
    if kind == "conversation":
        optional |= {"default_to_current_conversation": boolean, "filter": anything}
    return _element({}, optional, confirms=True)


BUTTON = fields(
    {"type": anything, "text": text(75, plain_only=True)},
    {
        "action_id": string(255, 1),
        "value": string(2000),
        "url": string(3000, 1),
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75, 1),
    },
)
OVERFLOW = fields({"type": anything, "options": items(OPTION, 5)}, {"action_id": string(255, 1), "confirm": CONFIRM})
IMAGE = fields({"type": anything, "alt_text": string(2000, 1)}, {"image_url": string(3000, 1), "slack_file": anything})
_TYPED: dict[str, Check] = {"placeholder": PLACEHOLDER, "dispatch_action_config": DISPATCH}
TEXT_INPUT = _element(
    {},
    _TYPED
    | {
        "initial_value": string(3000),
        "multiline": boolean,
        "min_length": integer(0, 3000),
        "max_length": integer(1, 3000),
    },
)
ADDRESS_INPUT = _element({}, _TYPED | {"initial_value": string(3000)})
NUMBER_INPUT = _element(
    {"is_decimal_allowed": boolean},
    _TYPED | {"initial_value": string(100), "min_value": string(100), "max_value": string(100)},
)
FILE_INPUT = fields(
    {"type": anything},
    {"action_id": string(255, 1), "filetypes": items(string(20, 1), 100), "max_files": integer(1, 10)},
)
DATE = _element({}, {"initial_date": string(10, 10), "placeholder": PLACEHOLDER}, confirms=True)
TIME = _element(
    {}, {"initial_time": string(5, 5), "placeholder": PLACEHOLDER, "timezone": string(60, 1)}, confirms=True
)
DATETIME = _element({}, {"initial_date_time": integer(1_000_000_000, 9_999_999_999)}, confirms=True)

SELECTS: dict[str, Check] = {
    "static_select": _select(several=False),
    "users_select": _picking("user", several=False),
    "conversations_select": _picking("conversation", several=False),
    "channels_select": _picking("channel", several=False),
}
MULTI_SELECTS: dict[str, Check] = {
    "multi_static_select": _select(several=True),
    "multi_users_select": _picking("user", several=True),
    "multi_conversations_select": _picking("conversation", several=True),
    "multi_channels_select": _picking("channel", several=True),
}
PICKERS: dict[str, Check] = {
    "datepicker": DATE,
    "timepicker": TIME,
    "checkboxes": _listed(10, several=True),
    "radio_buttons": _listed(10, several=False),
}
#: What each block may hold (the "Works with block types" line of every element's page).
IN_SECTION = {"button": BUTTON, "overflow": OVERFLOW, "image": IMAGE} | SELECTS | MULTI_SELECTS | PICKERS
IN_ACTIONS = {"button": BUTTON, "overflow": OVERFLOW, "datetimepicker": DATETIME} | SELECTS | PICKERS
IN_INPUT = (
    {
        "plain_text_input": TEXT_INPUT,
        "url_text_input": ADDRESS_INPUT,
        "email_text_input": ADDRESS_INPUT,
        "number_input": NUMBER_INPUT,
        "file_input": FILE_INPUT,
        "datetimepicker": DATETIME,
    }
    | SELECTS
    | MULTI_SELECTS
    | PICKERS
)
