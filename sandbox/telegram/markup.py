"""Keyboards under messages: what the Bot API accepts as reply_markup and how it refuses the rest."""

import json
from typing import Any

from sandbox.telegram.addresses import split_address
from sandbox.telegram.errors import bad

#: Bytes of callback_data (Bot API, InlineKeyboardButton), buttons of a keyboard, buttons of a row.
DATA_LIMIT, BUTTON_LIMIT, ROW_LIMIT = 64, 100, 8
#: Fields that make a button do something, in the order in which the server looks for them.
ACTIONS = (
    *("url", "callback_data", "callback_game", "pay", "switch_inline_query", "switch_inline_query_chosen_chat"),
    *("switch_inline_query_current_chat", "login_url", "web_app", "copy_text"),
)
PLAIN = {"text", "style", "icon_custom_emoji_id"}
STYLES = {"", "default", "primary", "danger", "success"}


def parse_markup(source: str, *, inline_only: bool = False) -> dict[str, Any] | None:
    """The keyboard of a request or None; `inline_only` (edits) refuses every other kind."""
    if not source:
        return None
    try:
        markup = json.loads(source)
    except ValueError:
        raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _inline(markup["inline_keyboard"])
        return {"inline_keyboard": rows} if rows else None
    if inline_only and markup:
        raise bad("inline keyboard expected")
    if "keyboard" in markup:
        _keyboard(markup["keyboard"])
        return markup
    return markup if markup.get("remove_keyboard") or markup.get("force_reply") else None


def is_inline(markup: dict[str, Any] | None) -> bool:
    """Whether the keyboard stays attached to its message."""
    return bool(markup and "inline_keyboard" in markup)


def buttons(markup: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Every button of an inline keyboard, row after row."""
    return [button for row in (markup or {}).get("inline_keyboard", []) for button in row]


def _inline(rows: Any) -> list[list[dict[str, Any]]]:
    if not isinstance(rows, list):
        raise bad('field "inline_keyboard" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    kept = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, kept)) > BUTTON_LIMIT or any(len(row) > ROW_LIMIT for row in kept):
        raise bad("reply markup is too long")
    return kept


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if "text" not in button:
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not isinstance(text, str):
        raise bad('can\'t parse inline keyboard button: Field "text" must be of type String')
    if str(button.get("style", "")) not in STYLES:
        raise bad("can't parse inline keyboard button: Invalid button style specified")
    action = next((name for name in ACTIONS if button.get(name) not in (None, "")), None)
    if action is None:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if not text.strip():
        raise bad("inline keyboard button text must be non-empty")
    if action == "url":
        _check_url(button["url"])
    if action == "callback_data" and not isinstance(button["callback_data"], str):
        raise bad('can\'t parse inline keyboard button: Field "callback_data" must be of type String')
    if action == "callback_data" and len(button["callback_data"].encode()) > DATA_LIMIT:
        raise bad("BUTTON_DATA_INVALID")
    return {name: value for name, value in button.items() if name in PLAIN or name == action}


def _check_url(url: Any) -> None:
    address = split_address(str(url) if "://" in str(url) else f"http://{url}")
    scheme, host = (address.scheme, address.hostname or "") if address else ("", "")
    if not (scheme in {"tg", "ton"} or (scheme in {"http", "https"} and "." in host)):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _keyboard(rows: Any) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "keyboard" must be an Array of Arrays')
    for button in (button for row in rows for button in row):
        text = button.get("text") if isinstance(button, dict) else button
        if not isinstance(text, str):
            raise bad("can't parse keyboard button: KeyboardButton must be a String or an Object")
        if not text.strip():
            raise bad("keyboard button text must be non-empty")
