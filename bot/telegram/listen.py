"""Telegram's updates become intents; pure, and total: what means nothing to us is None."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.telegram.confirming import CONFIRMED, asks_first
from bot.telegram.wire import Membership, Message, Person, Press, Update
from handlers.cards import parse_code
from handlers.intents import Arrived, Command, Happened, Intent, Origin, Pressed, Quoted, Said
from handlers.words import N_
from models.errors import Unfit

CHAT = "telegram"
#: A command as Telegram writes it (Bot API, "Commands"): letters, digits and _, at most 32, perhaps @thebot behind it.
COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.DOTALL)
#: A verb that no handler has: a press with handmade data is answered like one that is too old.
UNKNOWN = "unknown"
#: Characters kept of a word that should have been a command.
WORD = 32
#: ChatMember.status of a bot that is in a chat and may speak there.
PRESENT = {"creator", "administrator", "member", "restricted"}


#: Albums have two pieces at least. Under privacy mode (Bots features, "Privacy mode") a bot in a group is given only
#: the piece whose caption is a command.
MISSING = Arrived(
    name="album",
    problem=N_(
        "Telegram shows me only one photo of an album in a group. Send me the album in private, or make me an "
        "administrator of the group and send it again."
    ),
)


@dataclass(frozen=True)
class Me:
    """Who the bot is: the id is part of the token, the name comes from getMe; "" where that tells none."""

    id: int
    username: str
    commands: Collection[str] = ()  #: what it obeys; in a group, others' commands are left to other bots


@dataclass(frozen=True)
class Entered:
    """A group in which the bot is now, under this number, and the language of who brought that about."""

    room: int
    language: str


def intent(updates: Sequence[Update], me: Me) -> Intent | None:
    """What one update means, or the pieces of one album together."""
    first = updates[0]
    if first.message:
        return _message([update.message for update in updates if update.message], me)
    if first.callback_query:
        return _press(first.callback_query)
    if first.my_chat_member:
        return _membership(first.my_chat_member)
    return None


def _message(pieces: list[Message], me: Me) -> Intent | None:
    message = next((piece for piece in pieces if piece.words), pieces[0])
    sender = message.sender
    # Who writes as a group or channel cannot be told apart from others who do; other bots are never obeyed.
    if sender is None or sender.is_bot or message.sender_chat:
        return None
    origin = _origin(sender, message)
    files = tuple(file for piece in pieces for file in _files(piece))
    if message.media_group_id and len(pieces) == 1:
        files = (*files, MISSING)
    command = _command(message, me)
    if command is not None:
        verb, text = command
        if not verb:
            return None  # meant for another bot
        return Command(origin=origin, verb=verb, text=text, files=files, quoted=_quoted(message))
    answered = message.answered
    ours = answered is not None and answered.sender is not None and answered.sender.id == me.id
    if (origin.private or ours) and (message.words or files):
        answers = str(answered.message_id) if answered and ours else ""
        forwarded = message.forward_origin is not None
        return Said(origin=origin, text=message.words, files=files, answers=answers, forwarded=forwarded)
    return None


def is_unnamed(message: Message, me: Me) -> bool:
    """Whether a group or a channel, behind which a person hides, says something that would count from a person."""
    if message.sender_chat is None or message.is_automatic_forward:
        return False
    command = _command(message, me)
    answered = message.answered
    ours = answered is not None and answered.sender is not None and answered.sender.id == me.id
    return ours if command is None else bool(command[0])


def _command(message: Message, me: Me) -> tuple[str, str] | None:
    """(verb, text); ("", "") for another bot's command; None for what is no command. A forwarded one was not typed."""
    if message.forward_origin:
        return None
    words = message.words.strip()
    mention = f"@{me.username}"
    if me.username and words[: len(mention)].lower() == mention.lower() and not words[len(mention) :][:1].strip():
        verb, _, text = words[len(mention) :].strip().partition(" ")
        head, _, tail = verb.partition("\n")  # a verb alone on its line, the text below it
        return (head[:WORD].lower().removeprefix("/") or "home"), f"{tail} {text}".strip()
    found = COMMAND.fullmatch(words)
    if found is None:
        return None
    verb, bot, text = found[1].lower(), found[2], (found[3] or "").strip()
    if bot and bot.lower() != me.username.lower():
        return "", ""
    ours = bot or message.chat.private or not me.commands or verb == "start" or get_close_matches(verb, me.commands, 1)
    if not ours:
        return "", ""
    if verb == "start":  # Telegram's own: the first word to a bot, with the argument of a deep link behind it
        return ("link", text) if text else ("home", "")
    return verb, text


def _press(press: Press) -> Intent | None:
    if press.message is None or press.sender.is_bot or asks_first(press.data):
        return None
    message = press.message
    origin = _origin(press.sender, message)
    confirmed = press.data.startswith(CONFIRMED)
    if confirmed and message.reply_to_message:
        # The question stands below the card it is about; what was pressed there was meant for the card.
        origin = origin.model_copy(update={"message_id": str(message.reply_to_message.message_id)})
    origin = origin.model_copy(update={"reach": {"callback_query_id": press.id}})
    try:
        code = parse_code(press.data.removeprefix(CONFIRMED))
    except Unfit:
        return Pressed(origin=origin, verb=UNKNOWN)
    return Pressed(origin=origin, verb=code.verb, subject=code.subject, revision=code.revision, value=code.value)


def entered(update: Update) -> Entered | None:
    """The group that the bot came into, or that goes on as a supergroup under another number."""
    message, change = update.message, update.my_chat_member
    if message and message.migrate_to_chat_id:
        return Entered(message.migrate_to_chat_id, message.sender.language_code if message.sender else "")
    if change and not change.chat.private and change.chat.type != "channel":
        was, now = (member.status in PRESENT for member in (change.old_chat_member, change.new_chat_member))
        return Entered(change.chat.id, change.sender.language_code) if now and not was else None
    return None


def _membership(change: Membership) -> Intent | None:
    was, now = (member.status in PRESENT for member in (change.old_chat_member, change.new_chat_member))
    if was == now:
        return None
    origin = Origin(
        chat=CHAT,
        actor=str(change.sender.id),
        name=change.sender.full_name,
        language=change.sender.language_code,
        room=str(change.chat.id),
        private=change.chat.private,
    )
    return Happened(origin=origin, name="bot_added" if now else "bot_removed", data={"title": change.chat.title})


def _origin(sender: Person, message: Message) -> Origin:
    return Origin(
        chat=CHAT,
        actor=str(sender.id),
        name=sender.full_name,
        language=sender.language_code,
        room=str(message.chat.id),
        thread=message.thread,
        message_id=str(message.message_id),
        private=message.chat.private,
    )


def _quoted(message: Message) -> Quoted | None:
    answered = message.answered
    if answered is None:
        return None
    picked = message.quote.text if message.quote and message.quote.is_manual else ""
    return Quoted(text=picked or answered.words, message_id=str(answered.message_id), files=_files(answered))


def _files(message: Message) -> tuple[Arrived, ...]:
    """The photo in its largest size, the video, or the document; an animation comes as a document too."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (Arrived(name="photo.jpg", ref=largest.file_id),)
    if message.video:
        return (Arrived(name=message.video.file_name or "video.mp4", ref=message.video.file_id),)
    file = message.document or message.animation
    return (Arrived(name=file.file_name or "file", ref=file.file_id),) if file else ()
