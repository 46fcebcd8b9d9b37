"""The form of a draft: its questions, and what is made of the answers. Fields that were not asked stay as they are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.cards import is_number
from handlers.desk import Desk
from handlers.forms import TOO_LONG, Field, FieldRefused, Form, Kind, Option, web_address
from handlers.intents import Arrived, Filled
from handlers.posts.content import FORMATS, blame
from handlers.posts.hours import read_hour, standing_hour
from handlers.posts.preselecting import left_out
from handlers.spelling import typed_here
from handlers.times.when import Moment
from handlers.words import N_
from models.errors import Refused, Unfit
from models.media import Media
from models.post import Content, MediaUse, Post, PostState, is_blank

VERB = "draft"
#: Characters of the longest text; far above every network's, so that only the networks' own limits are felt.
LONGEST = 20_000
#: Stands for "the account's own default" where an option may not be empty.
DEFAULT = "-"
#: What a chat without modals asks for a new draft; the rest is on the Edit button.
SHORT = ("text", "accounts", "files", "when")

#: States in which an hour is still a wish, and the form may change it.
WISHING = frozenset({PostState.DRAFT, PostState.REVIEW})
#: Words of networks that are translated where they are shown.
WORDS = (N_("public"), N_("unlisted"), N_("private"), N_("direct"))

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NUMBERED = re.compile(r"\s*(\d{1,2})\s*[:.)]\s*(.*)")


@dataclass(frozen=True)
class Answers:
    """What a filled form says: the content, and whether the hour shall be another one."""

    content: Content
    new_hour: bool
    moment: Moment | None


def draft_form(desk: Desk, content: Content, post: Post | None = None, only: Sequence[str] = ()) -> Form:
    """The form with what stands there already; `only`: these fields. A new draft where there is no post."""
    fields = [f for f in _fields(desk, content, post) if not only or f.name in only]
    return Form(
        verb=VERB,
        title=desk.t("Edit {post}", post=post.code) if post else desk.t("New post"),
        submit=desk.t("Save") if post else desk.t("Make the draft"),
        subject=post.code if post else "",
        revision=post.revision if post else 0,
        fields=tuple(fields),
    )


def field_labels(desk: Desk, post: Post) -> list[tuple[str, str]]:
    """(name, label) of every field that can be edited, for a chat that asks one at a time."""
    return [(field.name, field.label) for field in _fields(desk, post.content, post)]


def read(desk: Desk, intent: Filled, old: Content, post: Post | None = None) -> Answers:
    """What the answers say of a new draft or of `post`. Raises FieldRefused at the first field that cannot be used."""
    values = intent.values
    changes: dict[str, Any] = {}
    if "text" in values:
        changes["text"] = tidy("text", str(values["text"] or ""))
    if "accounts" in values:
        changes["accounts"] = _accounts(desk, intent.picks("accounts"))
    if "kept" in values or intent.files.get("files"):
        kept = set(intent.picks("kept")) if "kept" in values else {str(use.media_id) for use in old.media}
        standing = tuple(use for use in old.media if str(use.media_id) in kept)
        fresh = _kept_of_message(desk, kept, old)
        came = arrived(intent.files.get("files", ()), known=(*standing, *fresh))
        changes["media"] = (*standing, *fresh, *_described_before(came, old.media))
    if "alt" in values and not old.media:
        changes["media"] = described(changes.get("media", ()), intent.line("alt"))
    if "link" in values:
        changes["link"] = web_address("link", intent.line("link"))
    if "warning" in values:
        changes["warning"] = tidy("warning", intent.line("warning"))
    if "format" in values:
        changes["format"] = _format(intent.line("format"))
    if "first_comment" in values:
        changes["first_comment"] = tidy("first_comment", str(values["first_comment"] or ""))
    if "visibility" in values:
        changes["visibility"] = intent.line("visibility").removeprefix(DEFAULT)
    if "language" in values:
        changes["language"] = intent.line("language").lower()
    content = old.model_copy(update=changes)
    refuse_unfit_fields(desk, content, asked=frozenset({*values, *intent.files}))
    typed = intent.line("when")
    new_hour = "when" in values and typed != (standing_hour(desk, post) if post else "")
    return Answers(content, new_hour, _moment(desk, typed) if new_hour and typed else None)


def refuse_unfit_fields(desk: Desk, content: Content, asked: frozenset[str]) -> None:
    """Raise FieldRefused with what a network would refuse, at the field that can mend it, if that was asked."""
    if not content.text and not content.media and "text" in asked:
        raise FieldRefused("text", Unfit("There is nothing to publish: write a text or add a picture."))
    for field, account, problem in blame(desk, content):
        at = next((f for f in (field, *(("text",) if field == "warning" else ())) if f in asked), "")
        if at:
            said = desk.t(problem.sentence, **problem.params)
            raise FieldRefused(at, Unfit("{account}: {problem}", account=account.title, problem=said))


def tidy(field: str, words: str) -> str:
    """The words with plain line ends and nothing around them; "" where there is nothing to see of them.

    Raises FieldRefused for what cannot be published.
    """
    words = words.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _CONTROL.search(words):
        raise FieldRefused(field, Unfit("The text contains invisible control characters: type it anew."))
    if len(words) > LONGEST:
        raise FieldRefused(field, Unfit(TOO_LONG, length=len(words), most=LONGEST))
    return "" if is_blank(words) else words


def arrived(files: Sequence[Arrived], known: Sequence[MediaUse] = ()) -> tuple[MediaUse, ...]:
    """The files as a post uses them, each once. Raises FieldRefused for the first that cannot be used."""
    uses: dict[int, MediaUse] = {}
    for file in files:
        if file.problem:
            raise FieldRefused("files", Unfit(file.problem, **file.params))
        if file.media_id not in {use.media_id for use in known}:
            uses.setdefault(file.media_id, MediaUse(media_id=file.media_id, sha256=file.sha256))
    return tuple(uses.values())


def _described_before(came: Sequence[MediaUse], old: Sequence[MediaUse]) -> tuple[MediaUse, ...]:
    """A file that is taken out and attached again is the same file: it keeps its description."""
    alts = {use.sha256: use.alt for use in old}
    return tuple(use.model_copy(update={"alt": alts.get(use.sha256, use.alt)}) for use in came)


def described(media: Sequence[MediaUse], lines: str) -> tuple[MediaUse, ...]:
    """The files with a description each: "2: a cat" names the file, other lines follow the files' order."""
    if len(media) == 1:
        return (media[0].model_copy(update={"alt": re.sub(r"^\s*1\s*:\s*", "", lines).strip()}),)
    said: dict[int, str] = {}
    for place, line in enumerate((line for line in lines.splitlines() if line.strip()), start=1):
        found = _NUMBERED.fullmatch(line)
        number, words = (int(found[1]), found[2]) if found else (place, line)
        if not 1 <= number <= len(media):
            refusal = Unfit("There is no file {number}: this post has {count}.", number=number, count=len(media))
            raise FieldRefused("alt", refusal)
        said[number] = words.strip()
    return tuple(use.model_copy(update={"alt": said.get(n, "")}) for n, use in enumerate(media, start=1))


# -- the fields -------------------------------------------------------------------------------------------------------


def _fields(desk: Desk, content: Content, post: Post | None) -> list[Field]:
    t = desk.t
    found = [
        Field(
            name="text",
            kind=Kind.TEXT,
            label=t("Text"),
            value=content.text,
            hint=t("A line of only --- begins the next part of a thread."),
            longest=LONGEST,
            longer=t(
                "For a longer text type “{command}” followed by the text.",
                command=typed_here(desk, f"edit {post.code}" if post else "post"),
            ),
        )
    ]
    if len(desk.setup.accounts) > 1 or set(content.accounts) != set(desk.setup.accounts):
        options = tuple(Option(value=a.name, label=a.title) for a in desk.setup.accounts.values())
        chosen = tuple(name for name in content.accounts if name in desk.setup.accounts)
        found.append(
            Field(
                name="accounts",
                kind=Kind.CHOICES,
                label=t("Accounts"),
                value=chosen,
                options=options,
                required=True,
                hint="" if post else " ".join(left_out(desk, content)),
            )
        )
    if content.media:
        kept = tuple(str(use.media_id) for use in content.media)
        files = tuple(
            Option(value=str(u.media_id), label=f"{n}: {_name(desk, u)}") for n, u in enumerate(content.media, 1)
        )
        found.append(Field(name="kept", kind=Kind.CHOICES, label=t("Keep these files"), value=kept, options=files))
    found.append(Field(name="files", kind=Kind.FILES, label=t("Add pictures or a video")))
    if not content.media:
        # What stands there already is described in a form of its own, a field for each: lines could go to another file.
        hint = t("One line for each picture, for people who cannot see it.")
        found.append(Field(name="alt", kind=Kind.TEXT, label=t("Alt text"), hint=hint, longest=LONGEST))
    found.append(Field(name="link", kind=Kind.LINE, label=t("Link"), value=content.link))
    found.append(Field(name="warning", kind=Kind.LINE, label=t("Content warning"), value=content.warning))
    found += _choices_of_networks(desk, content)
    if post is None or post.state in WISHING:
        when = standing_hour(desk, post) if post else ""
        hint = t("For example “tomorrow 9:00” or “fri 18:30”. Empty: later.")
        found.append(Field(name="when", kind=Kind.WHEN, label=t("When"), value=when, hint=hint))
    return found


def _choices_of_networks(desk: Desk, content: Content) -> list[Field]:
    """What only some networks know: asked where every account of the desk knows it.

    Formats and first comments are asked where any account does: the card says which of them do not.
    """
    t, abilities = desk.t, [account.platform.can for account in desk.setup.accounts.values()]
    found = []
    formats = [name for name in FORMATS if name == content.format or any(name in can.formats for can in abilities)]
    if len(formats) > 1:
        choices = tuple(Option(value=name, label=t(FORMATS[name])) for name in formats)
        found.append(Field(name="format", kind=Kind.CHOICE, label=t("Format"), value=content.format, options=choices))
    if content.first_comment or any(can.first_comment for can in abilities):
        hint = t("Stands under it as soon as it is published.")
        found.append(
            Field(
                name="first_comment",
                kind=Kind.TEXT,
                label=t("First comment"),
                value=content.first_comment,
                hint=hint,
                longest=LONGEST,
            )
        )
    common = [
        v for v in (abilities[0].visibilities if abilities else ()) if all(v in can.visibilities for can in abilities)
    ]
    if common:
        options = (
            Option(value=DEFAULT, label=t("as the account is set")),
            *(Option(value=v, label=t(v)) for v in common),
        )
        found.append(
            Field(
                name="visibility",
                kind=Kind.CHOICE,
                label=t("Visibility"),
                value=content.visibility or DEFAULT,
                options=options,
            )
        )
    if abilities and all(can.languages for can in abilities):
        found.append(
            Field(
                name="language",
                kind=Kind.LINE,
                label=t("Language"),
                value=content.language,
                hint=t("Its code, like en or it."),
            )
        )
    return found


def _name(desk: Desk, use: MediaUse) -> str:
    media = desk.session.get(Media, use.media_id)
    return (media.name if media else "")[:40] or desk.t("picture")


# -- the answers ------------------------------------------------------------------------------------------------------


def _accounts(desk: Desk, picks: Sequence[str]) -> tuple[str, ...]:
    try:
        names = tuple(desk.setup.account(name).name for name in picks)
    except Refused as unknown:
        raise FieldRefused("accounts", unknown) from unknown
    if not names:
        raise FieldRefused("accounts", Unfit("Choose at least one account."))
    return names


def _kept_of_message(desk: Desk, kept: set[str], old: Content) -> tuple[MediaUse, ...]:
    """Files of the message that a new draft was made from: the form carried them as files to keep."""
    strange = sorted(int(k) for k in kept - {str(use.media_id) for use in old.media} if is_number(k))
    rows = [desk.session.get(Media, media_id) for media_id in strange]
    return tuple(MediaUse(media_id=row.number, sha256=row.sha256) for row in rows if row)


def _format(picked: str) -> str:
    if picked not in FORMATS:
        raise FieldRefused("format", Unfit("Choose a format from the list."))
    return picked


def _moment(desk: Desk, typed: str) -> Moment:
    try:
        return read_hour(desk, typed)
    except Refused as unfit:
        raise FieldRefused("when", unfit) from unfit
