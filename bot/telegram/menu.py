"""The command menus: for everybody, for the team's groups, and for each member in private by what their roles allow."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog
from sqlmodel import col, select
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat, BotCommandScopeDefault
from telegram.error import TelegramError

from bot.telegram.listen import CHAT
from handlers.words import Translator, languages, translator
from models.member import Identity, Member, Role
from models.store import Store

log = structlog.get_logger()

#: Commands in one menu, and characters of what one says (Bot API, "setMyCommands", "BotCommand").
MOST, DESCRIPTION = 100, 256
#: Members whose menus are set one by one; a larger team sees the menu of everybody.
MEMBERS = 100

#: (verb, what it does) for a person with these roles, in the translator's language; () for a stranger.
Listing = Callable[[Sequence[str], Translator], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Reader:
    """A member as the menus need them."""

    private_room: str
    roles: tuple[str, ...]
    language: str = ""  #: chosen by the member; "" follows the app


#: The members who have a private chat with the bot; called in a thread.
Readers = Callable[[], Sequence[Reader]]


def readers_in(store: Store) -> list[Reader]:
    """The active members who have opened a private chat with the bot."""
    query = select(Member, Identity).where(Identity.member_id == Member.id, Identity.chat == CHAT)
    with store.read() as session:
        rows = session.exec(query.order_by(col(Identity.id))).all()
        return [
            Reader(identity.private_room, tuple(member.roles) if member.active else (), member.language)
            for member, identity in rows
            if identity.private_room
        ]


class Menus:
    """Sets them; a menu that stands already is not sent again."""

    def __init__(self, bot: Bot, listing: Listing, readers: Readers, groups: Iterable[int] = ()) -> None:
        """`groups` are those where posts are reviewed and comments arrive."""
        self._bot = bot
        self._groups = set(groups)
        self._listing = listing
        self.readers = readers
        self._refused: dict[str, str] = {}
        self._set: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}

    async def refresh(self, readers: Sequence[Reader]) -> None:
        """Bring every menu up to date; what fails is logged and tried at the next refresh."""
        for language in languages():
            code = "" if language == "en" else language
            everybody = self._commands((), translator(language))
            await self._put("default", BotCommandScopeDefault(), code, everybody)
            await self._put("private", BotCommandScopeAllPrivateChats(), code, everybody)
            whole_team = self._commands([role.value for role in Role], translator(language))
            for group in self._groups:  # one menu for all: whoever lacks a role is told who has it
                await self._put(str(group), BotCommandScopeChat(group), code, whole_team)
        for reader in readers[:MEMBERS]:
            scope = BotCommandScopeChat(int(reader.private_room))
            for language in languages():  # a chosen language too: a menu left in another would be shown before it
                code = "" if language == "en" else language
                commands = self._commands(reader.roles, translator(reader.language or language))
                await self._put(reader.private_room, scope, code, commands)

    def _commands(self, roles: Sequence[str], t: Translator) -> tuple[tuple[str, str], ...]:
        listed = [(verb, said[:DESCRIPTION]) for verb, said in self._listing(roles, t) if said]
        return tuple(listed[:MOST])

    async def _put(
        self,
        name: str,
        scope: BotCommandScopeDefault | BotCommandScopeAllPrivateChats | BotCommandScopeChat,
        language: str,
        commands: tuple[tuple[str, str], ...],
    ) -> None:
        if self._set.get((name, language)) == commands:
            return
        try:
            if commands:
                wanted = [BotCommand(verb, said) for verb, said in commands]
                await self._bot.set_my_commands(wanted, scope=scope, language_code=language or None)
            else:
                await self._bot.delete_my_commands(scope=scope, language_code=language or None)
            self._set[name, language] = commands
            self._refused.pop(name, None)
        except TelegramError as error:
            if self._refused.get(name) != error.message:  # tried every minute, told once
                log.warning("a command menu was not set", menu=name, reason=error.message)
            self._refused[name] = error.message
