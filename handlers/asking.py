"""Forms in chats without modals: one question at a time, the answers so far in a row."""

from collections.abc import Callable
from typing import Any

from sqlmodel import select

from handlers.cards import Button, Card, Paragraph, Tone, is_number, paragraph, text
from handlers.desk import Desk
from handlers.forms import TOO_LONG, Field, FieldRefused, Form, Kind
from handlers.intents import Arrived, Filled, Intent, Pressed, Said
from handlers.spelling import chat_title
from models.card import CardRow, Question
from models.errors import Refused, Unfit, WrongMoment

#: Raises FieldRefused where an answer of the form cannot be used; changes nothing.
FormCheck = Callable[[Desk, Filled], object]
#: The verb of the buttons below a question; their value is "step.option", "step.-" to skip, "step.+" to go on.
ANSWER = "answer"
SKIP, NEXT = "-", "+"
#: Characters from which a text may be the first part of one that its chat has split: Telegram's messages hold at most
#: 4096 (Bot API, "Message"), and its apps rather end one behind a paragraph or a sentence than there.
LONG = 3000
#: Among the answers: the name of the field whose text goes on with the next message. No field is called so.
GOES_ON = "+"


def begin(desk: Desk, form: Form) -> Card:
    """Start asking; returns the first question. A form that was open in this room is replaced."""
    assert desk.origin
    old = open_question(desk)
    if old is not None:
        desk.session.delete(old)
        desk.session.flush()
    question = desk.add(
        Question(
            chat=desk.origin.chat,
            room=desk.origin.room,
            thread=desk.origin.thread,
            actor=desk.origin.actor,
            form=form.model_dump(mode="json"),
            created_at=desk.now,
            updated_at=desk.now,
        )
    )
    return card_of(desk, question)


def open_question(desk: Desk) -> Question | None:
    """The question that the acting person has not answered yet in this room."""
    assert desk.origin
    query = select(Question).where(
        Question.chat == desk.origin.chat, Question.room == desk.origin.room, Question.actor == desk.origin.actor
    )
    return desk.session.exec(query.with_for_update()).first()


def cancel(desk: Desk) -> bool:
    """Forget the open question; returns whether there was one."""
    question = open_question(desk)
    if question is not None:
        desk.session.delete(question)
    return question is not None


def is_answer(desk: Desk, intent: Intent) -> bool:
    """Whether the intent can answer a question: a press below it, a reply to it, or anything said in private.

    What replies to a card is a note about its subject, whatever form happens to be open.
    """
    if isinstance(intent, Pressed):
        return intent.verb == ANSWER
    if not isinstance(intent, Said):
        return False
    if not intent.answers:
        return intent.origin.private
    here = (CardRow.chat == intent.origin.chat, CardRow.room == intent.origin.room)
    return desk.session.exec(select(CardRow.id).where(*here, CardRow.message_id == intent.answers)).first() is None


def take(desk: Desk, question: Question, intent: Intent, check: FormCheck | None = None) -> Card | Filled:
    """Take the answer: returns the next question, or the filled form after the last.

    `check` raises FieldRefused where a filled form could not be used. Raises Unfit, WrongMoment, FieldRefused.
    """
    form = Form.model_validate(question.form)
    field = form.fields[question.step]
    answer, stays = _answer(question, field, intent)
    values = {name: value for name, value in question.values.items() if name != GOES_ON}
    if answer is not None:
        values[field.name] = answer
    if stays and field.kind == Kind.TEXT:
        values[GOES_ON] = field.name
    question.values = values
    question.updated_at = desk.now
    if not stays:
        if check is not None:
            _refuse_at_once(desk, field, _filled(form, question, intent), check)
        question.step += 1
    if question.step < len(form.fields):
        return card_of(desk, question)
    return _filled(form, question, intent)


def step_back(question: Question, field: str) -> None:
    """Ask the field again, because its answer was refused; the other answers stay, and so does a text to be mended."""
    names = [f["name"] for f in question.form["fields"]]
    short = {str(f["name"]) for f in question.form["fields"] if f["kind"] in {Kind.WHEN, Kind.LINE}}
    dropped = {GOES_ON, *({field} & short)}
    question.values = {name: value for name, value in question.values.items() if name not in dropped}
    question.step = names.index(field) if field in names else max(0, len(names) - 1)


def card_of(desk: Desk, question: Question) -> Card:
    """The question that is due, with what was answered before it and its buttons."""
    form = Form.model_validate(question.form)
    field = form.fields[question.step]
    body: list[Paragraph] = []
    if form.intro and question.step == 0:
        body.append(paragraph(form.intro, quote=True))
    body.append(Paragraph(spans=(text(field.label), text(f"\n{field.hint}" if field.hint else ""))))
    standing = question.values.get(field.name, field.value)
    if standing and field.kind in {Kind.LINE, Kind.TEXT, Kind.WHEN}:
        body.append(paragraph(desk.t("So far: {value}", value=str(standing)), quote=True))
    if _goes_on(question, field):
        chat = chat_title(question.chat)
        said = desk.t(
            "That was a long message. If {chat} split your text, reply with what follows and I add it; if that is all "
            "of it, press Continue.",
            chat=chat,
        )
        body.append(paragraph(said))
    if standing and field.kind == Kind.FILES:
        body.append(paragraph(desk.t.n("{count} file so far", "{count} files so far", len(standing)), quote=True))
    footer = desk.t("Question {step} of {count} · /cancel to stop", step=question.step + 1, count=len(form.fields))
    return Card(title=form.title, body=tuple(body), buttons=_buttons(desk, question, field), footer=footer)


def _buttons(desk: Desk, question: Question, field: Field) -> tuple[Button, ...]:
    def button(label: str, value: str, tone: Tone = Tone.PLAIN) -> Button:
        return Button(verb=ANSWER, label=label, value=f"{question.step}.{value}", tone=tone)

    chosen = question.values.get(field.name, field.value)
    buttons = []
    if field.kind in {Kind.CHOICE, Kind.CHOICES}:
        for index, option in enumerate(field.options):
            on = option.value == chosen or (field.kind == Kind.CHOICES and option.value in chosen)
            buttons.append(button(f"{'✓ ' if on else ''}{option.label}", str(index)))
    if chosen and (field.kind in {Kind.CHOICES, Kind.FILES} or _goes_on(question, field)):
        buttons.append(button(desk.t("Continue"), NEXT, Tone.PRIMARY))
    elif chosen:
        buttons.append(button(desk.t("Keep it"), NEXT))
    if not field.required:
        buttons.append(button(desk.t("Leave it empty") if chosen else desk.t("Skip"), SKIP))
    return tuple(buttons)


def _answer(question: Question, field: Field, intent: Intent) -> tuple[Any, bool]:
    """The value (None: leave what stands there) and whether the same question stays open for more."""
    if isinstance(intent, Pressed):
        return _pressed(question, field, intent.value)
    assert isinstance(intent, Said)
    if field.kind == Kind.FILES:
        return _files(question, field, intent.files)
    said = intent.text.strip()
    if not said:
        raise Unfit("I need a text here. Type it as a message, or press a button below the question.")
    if field.kind in {Kind.CHOICE, Kind.CHOICES}:
        for option in field.options:
            if said.casefold() in {option.label.casefold(), option.value.casefold()}:
                return (option.value, False) if field.kind == Kind.CHOICE else ([option.value], False)
        options = ", ".join(o.label for o in field.options)
        raise Unfit("“{answer}” is not one of the choices: {options}.", answer=said[:60], options=options)
    whole = f"{question.values[field.name]}\n{said}" if _goes_on(question, field) else said
    if len(whole) > field.longest:
        raise Unfit(TOO_LONG, length=len(whole), most=field.longest)
    return whole, field.kind == Kind.TEXT and len(said) >= LONG and len(whole) < field.longest


def _goes_on(question: Question, field: Field) -> bool:
    """Whether the next message is the continuation of the text that was answered."""
    return bool(question.values.get(GOES_ON) == field.name)


def _pressed(question: Question, field: Field, value: str) -> tuple[Any, bool]:
    step, _, pick = value.partition(".")
    if step != str(question.step):
        raise WrongMoment("That button belongs to an earlier question. Answer the last one.")
    if pick == SKIP and not field.required:
        empty: Any = [] if field.kind in {Kind.CHOICES, Kind.FILES} else ""
        return empty, False
    if pick == NEXT:
        standing = question.values.get(field.name, field.value)
        return (list(standing) if isinstance(standing, tuple) else standing), False
    if not (is_number(pick) and int(pick) < len(field.options)):
        raise Unfit("That button is not one of mine, or too old. Open the card again and press there.")
    option = field.options[int(pick)].value
    if field.kind == Kind.CHOICE:
        return option, False
    chosen = list(question.values.get(field.name, field.value) or ())
    return ([c for c in chosen if c != option] if option in chosen else [*chosen, option]), True


def _refuse_at_once(desk: Desk, field: Field, filled: Filled, check: FormCheck) -> None:
    """Raise FieldRefused where the form would not take this answer in the end; the others are still to come."""
    try:
        check(desk, filled)
    except Refused as refused:
        if isinstance(refused, FieldRefused) and refused.field == field.name:
            raise


def _files(question: Question, field: Field, files: tuple[Arrived, ...]) -> tuple[Any, bool]:
    if not files:
        raise Unfit("I need photos or a video here. Send them, or press a button below the question.")
    for file in files:
        if file.problem:
            raise Unfit(file.problem, **file.params)
    so_far = list(question.values.get(field.name) or ())
    return [*so_far, *(f.model_dump() for f in files)], True


def _filled(form: Form, question: Question, intent: Intent) -> Filled:
    kinds = {f.name: f.kind for f in form.fields}
    given = {name: value for name, value in question.values.items() if name != GOES_ON}
    answers = {**{f.name: f.value for f in form.fields if f.kind != Kind.FILES}, **given}
    files = {n: tuple(Arrived.model_validate(f) for f in v) for n, v in answers.items() if kinds[n] == Kind.FILES}
    values = {n: v for n, v in answers.items() if kinds[n] != Kind.FILES}
    return Filled(
        origin=intent.origin,
        verb=form.verb,
        subject=form.subject,
        revision=form.revision,
        value=form.value,
        values=values,
        files=files,
    )
