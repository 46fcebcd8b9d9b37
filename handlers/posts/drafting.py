"""Drafts: made from a command, a message or a form; edited, with the difference told; withdrawn, and taken up again."""

from collections.abc import Iterator

from handlers.cards import Button, sentence
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Whisper
from handlers.forms import FieldRefused
from handlers.intents import Arrived, Command, Filled, Pressed
from handlers.posts.draftform import SHORT, VERB, WISHING, arrived, draft_form, field_labels, read, tidy
from handlers.posts.hours import hour_of, set_hour
from handlers.posts.preselecting import left_out, preselected
from handlers.posts.quorum import need_any
from handlers.posts.revising import editable, revised
from handlers.posts.sending import standing_on, take_back
from handlers.registry import registry
from handlers.showing import shown
from handlers.telling import tell
from handlers.times.when import Moment, describe
from handlers.words import N_
from models.errors import Unfit, WrongMoment
from models.member import Role
from models.post import Content, Post, PostState, Revision

# -- a new draft ------------------------------------------------------------------------------------------------------


@registry.command("post", N_("Draft a post"), usage=N_("[text]"), role=Role.AUTHOR)
def post(desk: Desk, intent: Command) -> Iterator[Effect]:
    """Make a draft of what was typed, attached or answered; ask with a form where something is missing."""
    assert desk.origin
    _refuse_without_accounts(desk)
    text, files = intent.text, intent.files
    if intent.quoted is not None:
        text = text or intent.quoted.text
        files = (*files, *intent.quoted.files)
    modal = desk.origin.chat in desk.setup.modal_chats
    # What came as a message (in private, or as a mention in a room) gives Slack no leave to open a form.
    at_once = not modal or (intent.quoted is None and bool(desk.origin.message_id))
    content = _of_message(desk, text, files)
    if at_once and (content.text or content.media):
        yield from _made(desk, content, None)
        if said := " ".join(left_out(desk, content)):
            yield Whisper(card=sentence(said))
    elif at_once and modal:
        label = desk.t("Open the form")
        yield Whisper(card=sentence(desk.t("What shall it say?"), Button(verb=VERB, label=label)))
    else:
        yield Ask(form=draft_form(desk, content, only=() if modal else SHORT))


@registry.button(VERB, "Opens the form for a new post", role=Role.AUTHOR)
def new(desk: Desk, _intent: Pressed) -> Iterator[Effect]:
    """Open the empty form."""
    assert desk.origin
    _refuse_without_accounts(desk)
    modal = desk.origin.chat in desk.setup.modal_chats
    yield Ask(form=draft_form(desk, _of_message(desk, "", ()), only=() if modal else SHORT))


@registry.form(VERB)
def filled(desk: Desk, intent: Filled) -> Iterator[Effect]:
    """Make the draft, or take the edit."""
    if not intent.subject:
        desk.need(Role.AUTHOR)
        _refuse_without_accounts(desk)
        blank = Content(accounts=preselected(desk))
        answers = read(desk, intent, blank)
        yield from _made(desk, answers.content, answers.moment)
        return
    found = editable(desk, intent.subject)
    found.expect(intent.revision)
    answers = read(desk, intent, found.content, found)
    if answers.new_hour and found.state not in WISHING:
        late = WrongMoment(
            "{post} is {state} by now: set its hour with Schedule.", post=found.code, state=PostState(found.state)
        )
        raise FieldRefused("when", late)
    if answers.new_hour:
        yield from _wish(desk, found, answers.moment)
    if not answers.new_hour or answers.content != found.content:
        yield from revised(desk, found, answers.content)


def _refuse_without_accounts(desk: Desk) -> None:
    if not desk.setup.accounts:
        raise WrongMoment("No account is set up yet, so there is nowhere to publish. An admin adds one to config.toml.")


def _of_message(desk: Desk, text: str, files: tuple[Arrived, ...]) -> Content:
    try:
        words, media = tidy("text", text), arrived(files)
    except FieldRefused as refused:
        raise Unfit(refused.sentence, **refused.params) from refused
    return Content(text=words, accounts=preselected(desk, words_alone=bool(words) and not media), media=media)


def _made(desk: Desk, content: Content, moment: Moment | None) -> Iterator[Effect]:
    assert desk.origin
    made = desk.add(Post.draft(content, desk.member.number, desk.now))
    desk.add(Revision.of(made, desk.member.number, desk.now))
    desk.audit("drafted", made.code, after={"revision": made.revision, "digest": made.digest})
    yield shown(desk, made.code)
    if moment is not None:
        yield from _wish(desk, made, moment)


def _wish(desk: Desk, found: Post, moment: Moment | None) -> Iterator[Effect]:
    """The hour that the author wishes for; it holds once the post is approved."""
    before = hour_of(found)
    try:
        set_hour(desk, found, moment)
    except Unfit as unfit:
        raise FieldRefused("when", unfit) from unfit
    desk.audit("hour_wished", found.code, before, hour_of(found))
    yield Redraw(subject=found.code)
    if moment is not None:
        said = desk.t(
            "{post} shall go out {when}, once it is approved.",
            post=found.code,
            when=describe(moment.utc, moment.zone, desk.t.lang),
        )
        note = f"{desk.t(moment.note)} " if moment.note else ""
        yield Whisper(card=sentence(note + said))


# -- editing ----------------------------------------------------------------------------------------------------------


@registry.button("edit", "Opens a post for editing; approvals are void after it")
def edit(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Open the form with what stands there; in a chat without forms, first ask for the field."""
    found = editable(desk, intent.subject)
    if intent.revision:
        found.expect(intent.revision)
    yield from _ask_edit(desk, found, intent.value)


@registry.command("edit", N_("Change a post; approvals are void after it"), usage=N_("P12 [new text]"))
def edit_command(desk: Desk, intent: Command) -> Iterator[Effect]:
    """Replace the text at once, or open the form."""
    subject, text = intent.parted()
    found = editable(desk, subject)
    if text:
        origin = intent.origin
        values = {"text": text}
        answers = read(desk, Filled(origin=origin, verb=VERB, subject=found.code, values=values), found.content)
        yield from revised(desk, found, answers.content)
    else:
        yield from _ask_edit(desk, found, "")


def _ask_edit(desk: Desk, found: Post, field: str) -> Iterator[Effect]:
    assert desk.origin
    if field or desk.origin.chat in desk.setup.modal_chats:
        yield Ask(form=draft_form(desk, found.content, found, only=(field,) if field else ()))
        return
    buttons = (
        Button(verb="edit", label=label, subject=found.code, revision=found.revision, value=name)
        for name, label in field_labels(desk, found)
    )
    yield Whisper(card=sentence(desk.t("What of {post} do you want to change?", post=found.code), *buttons))


# -- taking back ------------------------------------------------------------------------------------------------------


@registry.button("withdraw", "Takes a post back")
def withdraw(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Take the post back: nothing of it goes out any more."""
    found = desk.post(intent.subject)
    found.expect(intent.revision)
    yield from _withdrawn(desk, found)


@registry.command("withdraw", N_("Take a post back"), usage="P12")
def withdraw_command(desk: Desk, intent: Command) -> Iterator[Effect]:
    """The same, typed."""
    yield from _withdrawn(desk, desk.post(intent.text.strip()))


@registry.button("reopen", "Makes a withdrawn post a draft again", role=Role.AUTHOR)
def reopen(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Make a withdrawn post a draft again."""
    found = desk.post(intent.subject)
    found.reopen(desk.now)
    found.set_hour(None, "", "", desk.now)
    desk.audit("reopened", found.code)
    yield Redraw(subject=found.code)


@registry.command("open", N_("Show a post here"), usage="P12")
def open_command(desk: Desk, intent: Command) -> Iterator[Effect]:
    """Show the post where it was asked for."""
    yield shown(desk, desk.post(intent.text.strip()).code)


@registry.button("open", "Shows a post here")
def open_button(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """The same, pressed."""
    yield shown(desk, desk.post(intent.subject).code)


def _withdrawn(desk: Desk, found: Post) -> Iterator[Effect]:
    if desk.member.number != found.author_id:
        need_any(desk, Role.PUBLISHER, Role.APPROVER)
    if standing_on(desk, found):
        raise WrongMoment(
            "{post} stands on a network already. Delete it there, or cancel what still waits.", post=found.code
        )
    before = {"state": found.state}
    take_back(desk, found)
    found.withdraw(desk.now)
    desk.audit("withdrawn", found.code, before)
    by, author = desk.member, found.author_id
    yield from tell(
        desk,
        found.code,
        lambda told: sentence(told.room_t("{member} took {post} back.", member=by.name, post=found.code)),
        None if author == by.number else author,
    )
    yield Redraw(subject=found.code)
