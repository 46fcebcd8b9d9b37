"""What people have put into the inputs of a view or message: first values, changes, and what the client refuses."""

import re
from collections.abc import Callable
from typing import Any

from sandbox.slack.blocks import inner_elements
from sandbox.slack.workspace import File

Json = dict[str, Any]
#: Values by block_id and action_id, as `state.values` of a payload has them.
Values = dict[str, dict[str, Json]]

#: Where each element keeps one chosen thing, and where it finds its first value.
_ONE = {
    "plain_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
}
_MANY = {
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", ""),
}
REQUIRED = "Please complete this required field."


def key_of(element: Json) -> str | None:
    """Under which name the element's value stands in `state.values`; None for what has no value (a button)."""
    found = _ONE.get(element["type"]) or _MANY.get(element["type"])
    return found[0] if found else None


def first_value(element: Json) -> Json:
    """The state of an element that nobody touched yet."""
    kind = element["type"]
    if kind in _ONE:
        key, initial = _ONE[kind]
        return {"type": kind, key: element.get(initial)}
    key, initial = _MANY[kind]
    return {"type": kind, key: list(element.get(initial, []))}


def first_values(blocks: list[Json], kept: Values | None = None) -> Values:
    """The state of all elements; values of `kept` survive where block, action and kind are the same."""
    values: Values = {}
    for block in blocks:
        for element in inner_elements(block):
            if key_of(element) is None:
                continue
            before = (kept or {}).get(block["block_id"], {}).get(element["action_id"])
            same = before is not None and before["type"] == element["type"]
            values.setdefault(block["block_id"], {})[element["action_id"]] = (
                before if same and before is not None else first_value(element)
            )
    return values


def options_of(element: Json) -> list[Json]:
    """Every option that the element offers."""
    grouped = [o for group in element.get("option_groups") or [] for o in group["options"]]
    return list(element.get("options") or []) + grouped


def pick(element: Json, wanted: Any) -> Json | None:
    """The option with this value or this visible text, as a payload has it."""
    for option in options_of(element):
        if wanted in (option["value"], option["text"]["text"]):
            return {"text": option["text"], "value": option["value"]}
    return None


def set_value(element: Json, given: Any, upload: Callable[[Json], Json]) -> Json:
    """The state after a person put `given` in: text, option value(s), date, unix time, or a list of files.

    Raises ValueError with a sentence when the element does not offer it. `upload` turns a described file into its
    object.
    """
    kind = element["type"]
    key = key_of(element)
    if key is None:
        raise ValueError(f"A {kind} takes no value.")
    if kind == "file_input":
        return {"type": kind, key: [upload(described) for described in given or []]}
    if key == "selected_option":
        if given in (None, ""):
            return {"type": kind, key: None}
        option = pick(element, given)
        if option is None:
            raise ValueError(f"There is no option {given!r}.")
        return {"type": kind, key: option}
    if key == "selected_options":
        chosen = [pick(element, one) for one in given or []]
        if None in chosen:
            raise ValueError(f"Not all of {given!r} are offered.")
        return {"type": kind, key: chosen}
    if key == "selected_date_time":
        return {"type": kind, key: int(given) if given not in (None, "") else None}
    if kind in _MANY:
        return {"type": kind, key: list(given or [])}
    return {"type": kind, key: str(given) if given not in (None, "") else None}


def complaint(block: Json, state: Json) -> str | None:
    """What the client says under one input instead of submitting it; None when it may go."""
    element = block["element"]
    value = state.get(str(key_of(element)))
    if value in (None, [], ""):
        return None if block.get("optional") else REQUIRED
    if element["type"] == "plain_text_input":
        if len(value) < element.get("min_length", 0):
            return f"Must be at least {element['min_length']} characters."
        if len(value) > element.get("max_length", 3000):
            return f"Must be at most {element.get('max_length', 3000)} characters."
    if element["type"] == "number_input":
        return _number_complaint(element, value)
    if element["type"] == "url_text_input" and not re.match(r"https?://\S+\.\S+|https?://(localhost|127\.)", value):
        return "Please enter a valid URL."
    if element["type"] == "file_input":
        return _files_complaint(element, value)
    return None


def _number_complaint(element: Json, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a number." if element["is_decimal_allowed"] else "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def _files_complaint(element: Json, files: list[Json]) -> str | None:
    if len(files) > element.get("max_files", 10):
        return f"No more than {element.get('max_files', 10)} files."
    allowed = element.get("filetypes")
    if allowed and any(f["filetype"] not in allowed and f["name"].rpartition(".")[2] not in allowed for f in files):
        return f"Only these kinds of file: {', '.join(allowed)}."
    return None


def described_file(file: File, address: str) -> Json:
    """A file as `state.values` of a file_input has it."""
    return file.public(address)
