"""A form as a modal, and a submitted modal as what a member filled in.

Limits: docs.slack.dev/reference/views/modal-views and /block-kit/block-elements.
"""

import json
from typing import Any

from bot.cutting import units
from bot.slack.literal import clean, plain, rich_text, section, shortened
from handlers.cards import text
from handlers.forms import Field, Form, Kind, Option
from handlers.intents import Arrived
from handlers.words import Translator
from platforms.contract import NotJson, read_json

Json = dict[str, Any]

CALLBACK = "form"
TITLE, LABEL, HINT, INTRO, OPTION = 24, 2000, 2000, 3000, 75
#: Characters of one text input; a longer text is edited in several.
LONGEST_INPUT = 3000
LONGEST_METADATA = 3000
MOST_CHECKBOXES, MOST_OPTIONS = 10, 100
MOST_FILES = 10
FILETYPES = ["jpg", "jpeg", "png", "gif", "webp", "mp4", "mov", "webm"]
#: What joins the pieces of a long text again, by the last letter of the block_id.
_JOINTS = {"n": "\n", "s": " ", "x": ""}
_PIECE = "~"


def view(form: Form, origin: Json, t: Translator) -> Json:
    """The modal. `origin`: where it was asked for, carried along unseen. ValueError where no modal can hold it."""
    metadata = {"verb": form.verb, "subject": form.subject, "revision": form.revision, "value": form.value}
    carried = json.dumps({**metadata, "origin": origin}, ensure_ascii=False, separators=(",", ":"))
    if len(carried) > LONGEST_METADATA:
        carried = json.dumps({**metadata, "origin": {**origin, "response_url": ""}}, separators=(",", ":"))
    if len(carried) > LONGEST_METADATA:
        raise ValueError("the form carries more than a modal can hold")
    blocks: list[Json] = []
    if form.intro:
        blocks += rich_text([section([text(shortened(form.intro, INTRO))], "rich_text_quote")])
    for field in form.fields:
        blocks += _inputs(field, t)
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain(form.title, TITLE, one_line=True),
        "submit": plain(form.submit, TITLE, one_line=True),
        "close": plain(t("Cancel"), TITLE),
        "private_metadata": carried,
        "blocks": blocks,
    }


def notice(title: str, sentence: str, t: Translator) -> Json:
    """A modal that only says something."""
    said = rich_text([section([text(shortened(sentence, INTRO))])])
    return {
        "type": "modal",
        "title": plain(title, TITLE, one_line=True),
        "close": plain(t("Close"), TITLE),
        "blocks": said,
    }


def _inputs(field: Field, t: Translator) -> list[Json]:
    if field.kind in {Kind.CHOICE, Kind.CHOICES} and not field.options:
        return []  # Slack has no empty menus
    if field.kind == Kind.TEXT and (units(_line(field)) > LONGEST_INPUT or field.longest > LONGEST_INPUT):
        return _long_text(field, t)
    return [_input(field, field.name, field.label, _element(field))]


def _input(field: Field, block_id: str, label: str, element: Json, *, optional: bool | None = None) -> Json:
    made = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, LABEL),
        "element": element | {"action_id": block_id},
        "optional": not field.required if optional is None else optional,
    }
    return made | ({"hint": plain(field.hint, HINT)} if field.hint.strip() else {})


def _line(field: Field) -> str:
    return clean(field.value) if isinstance(field.value, str) else ""


def _element(field: Field) -> Json:
    match field.kind:
        case Kind.CHOICE:
            return _menu(field)
        case Kind.CHOICES:
            return _choices(field)
        case Kind.FILES:
            return {"type": "file_input", "filetypes": FILETYPES, "max_files": MOST_FILES}
        case _:
            return _text_input(_line(field), field.longest, multiline=field.kind == Kind.TEXT)


def _text_input(value: str, longest: int, *, multiline: bool) -> Json:
    # What stands there already is never cut: the member shortens it.
    most = max(1, min(max(longest, units(value)), LONGEST_INPUT))
    made: Json = {"type": "plain_text_input", "multiline": multiline, "max_length": most}
    return made | ({"initial_value": value[:LONGEST_INPUT]} if value else {})


def _menu(field: Field) -> Json:
    chosen = [o for o in field.options if o.value == field.value]
    made: Json = {"type": "static_select", **_offered(field.options)}
    return made | ({"initial_option": _option(chosen[0])} if chosen else {})


def _choices(field: Field) -> Json:
    standing = (field.value,) if isinstance(field.value, str) else field.value
    chosen = [o for o in field.options if o.value in standing]
    few = len(field.options) <= MOST_CHECKBOXES
    offered = {"options": [_option(o) for o in field.options]} if few else _offered(field.options)
    made: Json = {"type": "checkboxes" if few else "multi_static_select", **offered}
    return made | ({"initial_options": [_option(o) for o in chosen]} if chosen else {})


def _offered(options: tuple[Option, ...]) -> Json:
    if len(options) <= MOST_OPTIONS:
        return {"options": [_option(o) for o in options]}
    starts = range(0, len(options), MOST_OPTIONS)
    groups = [(s, options[s : s + MOST_OPTIONS]) for s in starts]
    return {
        "option_groups": [
            {"label": plain(f"{s + 1}–{s + len(group)}", OPTION), "options": [_option(o) for o in group]}
            for s, group in groups
        ]
    }


def _option(option: Option) -> Json:
    return {"text": plain(option.label, OPTION), "value": option.value}


# -- long texts --------------------------------------------------------------------------------------------------------


def _long_text(field: Field, t: Translator) -> list[Json]:
    """Several inputs, the text cut at line ends or spaces, with an empty one for more where the last is rather full.

    One that is all there is says how a longer text is written. The hint stands below the first.
    """
    pieces = _pieces(_line(field))
    if len(pieces) * LONGEST_INPUT < field.longest and units(pieces[-1][1]) > LONGEST_INPUT // 2:
        pieces.append(("n", ""))
    made = []
    for number, (joint, piece) in enumerate(pieces, 1):
        element = _text_input(piece, LONGEST_INPUT, multiline=True)
        block_id = field.name if number == 1 else f"{field.name}{_PIECE}{number}{joint}"
        label = field.label if len(pieces) == 1 else t("{label} (part {number})", label=field.label, number=number)
        said = field.model_copy(update={"hint": _hint(field, len(pieces), t) if number == 1 else ""})
        made.append(_input(said, block_id, label, element, optional=number > 1 or not field.required))
    return made


def _hint(field: Field, inputs: int, t: Translator) -> str:
    if inputs > 1 or not field.longer:
        return field.hint
    most = t("At most {most} characters fit into this field.", most=LONGEST_INPUT)
    return " ".join(part for part in (field.hint, most, field.longer) if part)


def _pieces(value: str) -> list[tuple[str, str]]:
    """(joint before it, piece): joined with their joints they are the value again."""
    pieces, joint = [], "n"
    longest = LONGEST_INPUT if units(value) == len(value) else LONGEST_INPUT // 2
    while len(value) > longest:
        head = value[:longest]
        for letter, mark in (("n", "\n"), ("s", " ")):
            at = head.rfind(mark)
            if at > longest // 2:
                pieces.append((joint, value[:at]))
                joint, value = letter, value[at + 1 :]
                break
        else:
            pieces.append((joint, head))
            joint, value = "x", value[longest:]
    return [*pieces, (joint, value)]


# -- what was filled in ------------------------------------------------------------------------------------------------


def filled(submitted: Json) -> tuple[Json, dict[str, Any], dict[str, tuple[Arrived, ...]]]:
    """(metadata, values by field, files by field) of a submitted view. Total: what is no answer is left out."""
    values: dict[str, Any] = {}
    files: dict[str, tuple[Arrived, ...]] = {}
    state = submitted.get("state")
    answers = state.get("values") if isinstance(state, dict) else None
    shown = submitted.get("blocks") if isinstance(submitted.get("blocks"), list) else []
    order = [b.get("block_id") for b in shown or [] if isinstance(b, dict)]
    found = answers if isinstance(answers, dict) else {}
    for block_id in sorted(found, key=lambda b: order.index(b) if b in order else len(order)):
        answer = next(iter(found[block_id].values()), None) if isinstance(found[block_id], dict) else None
        if not isinstance(answer, dict):
            continue
        if "files" in answer:
            files[block_id] = _files(answer["files"])
        else:
            _put(values, block_id, _value(answer))
    return metadata_of(submitted), values, files


def _put(values: dict[str, Any], block_id: str, value: Any) -> None:
    name, mark, piece = block_id.rpartition(_PIECE)
    if not (mark and piece[:-1].isdecimal() and piece[-1:] in _JOINTS and name in values):
        values[block_id] = value
    elif value:
        values[name] = f"{values[name]}{_JOINTS[piece[-1]]}{value}" if values[name] else value


def _value(answer: Json) -> Any:
    if "selected_options" in answer:
        chosen = answer["selected_options"]
        return [str(o.get("value") or "") for o in chosen if isinstance(o, dict)] if isinstance(chosen, list) else []
    if "selected_option" in answer:
        option = answer["selected_option"]
        return str(option.get("value") or "") if isinstance(option, dict) else ""
    value = answer.get("value")
    return value if isinstance(value, str) else ""


def _files(found: Any) -> tuple[Arrived, ...]:
    listed = found if isinstance(found, list) else []
    return tuple(arrived(f) for f in listed if isinstance(f, dict) and f.get("id"))


def arrived(file: Json) -> Arrived:
    """A file object of Slack's, to be fetched by its id."""
    return Arrived(name=str(file.get("name") or file.get("title") or file["id"]), ref=str(file["id"]))


def metadata_of(submitted: Json) -> Json:
    """What the form carried; empty where it was none of ours."""
    try:
        carried = read_json(str(submitted.get("private_metadata") or "{}"))
    except NotJson:
        return {}
    return carried if isinstance(carried, dict) else {}


def block_for(submitted: Json, field: str) -> str:
    """The block under which a refusal is shown: the field's, else the first input, "" where there is none."""
    shown = submitted.get("blocks")
    blocks = [b for b in shown if isinstance(b, dict)] if isinstance(shown, list) else []
    inputs = [str(b.get("block_id")) for b in blocks if b.get("type") == "input"]
    return field if field in inputs else next(iter(inputs), "")
