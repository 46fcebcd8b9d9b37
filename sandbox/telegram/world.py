"""Everything that exists in the pretend Telegram: people, chats, topics, messages and the bot."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sandbox.service import Refusal
from sandbox.telegram.files import Files
from sandbox.telegram.limits import Limits, Settings
from sandbox.telegram.updates import Updates
from sandbox.telegram.webhook import Webhook

Status = Literal["creator", "administrator", "member", "left", "kicked"]
#: Fields of a message that make it a notice of Telegram itself.
SERVICE_FIELDS = {
    *("new_chat_members", "left_chat_member", "pinned_message", "migrate_to_chat_id", "migrate_from_chat_id"),
    *("forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"),
}
ADMIN_RIGHTS = (
    *("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members"),
    *("can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
    *("can_delete_stories", "can_pin_messages", "can_manage_topics"),
)
#: The General topic of a forum; its messages carry no thread.
GENERAL = 1


@dataclass
class Person:
    """Somebody with an account, the bot included."""

    id: int
    first_name: str
    username: str
    language_code: str = ""
    is_bot: bool = False
    blocks_bot: bool = False


@dataclass
class Member:
    """Somebody's place in a chat."""

    status: Status = "member"
    rights: set[str] = field(default_factory=set)

    @property
    def present(self) -> bool:
        """Whether they are in the chat now."""
        return self.status in {"creator", "administrator", "member"}

    def may(self, right: str) -> bool:
        """Whether they hold an administrator's right."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)


@dataclass
class Topic:
    """A topic of a forum, known by the id of the message that opened it."""

    id: int
    name: str
    icon_color: int = 7322096
    creator: int = 0
    closed: bool = False


@dataclass
class Message:
    """One message; `content` holds its text or media in the protocol's own fields."""

    id: int
    chat_id: int
    sender: int
    date: int
    content: dict[str, Any]
    thread: int = 0
    reply_to: int = 0
    group: str = ""
    edited: int = 0
    markup: dict[str, Any] | None = None
    origin: dict[str, Any] | None = None
    protected: bool = False
    pinned: bool = False
    reactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def service(self) -> bool:
        """Whether Telegram itself says this (joined, pinned, topic opened …)."""
        return not SERVICE_FIELDS.isdisjoint(self.content)

    @property
    def media(self) -> str:
        """The field of the media it carries, or ""."""
        return next((kind for kind in ("photo", "video", "document") if kind in self.content), "")


@dataclass
class Chat:
    """A private chat (its id is the person's), a basic group or a supergroup, perhaps a forum."""

    id: int
    kind: Literal["private", "group", "supergroup"]
    title: str = ""
    forum: bool = False
    started: bool = False
    moved_to: int = 0
    members: dict[int, Member] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0

    def member(self, person_id: int) -> Member:
        """Their place here; somebody who never came has "left"."""
        return self.members.get(person_id) or Member("left")

    def has(self, person_id: int) -> bool:
        """Whether they are in the chat now."""
        return self.id == person_id if self.kind == "private" else self.member(person_id).present


@dataclass
class Query:
    """A pressed button waiting for the bot's answer."""

    id: str
    presser: int
    chat_id: int
    message_id: int
    at: float
    answer: dict[str, Any] | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


class World:
    """The state; `now` is the sandbox's clock and `changed` tells the page."""

    def __init__(self, token: str, now: Callable[[], datetime], changed: Callable[[], None]) -> None:
        self.token = token
        self.now = now
        self.changed = changed
        self.settings = Settings()
        self.limits = Limits(self.settings, self.seconds)
        self.files = Files()
        self.updates = Updates(self.seconds)
        self.webhook = Webhook(self.updates, self.seconds)
        self.bot = Person(int(token.partition(":")[0]), "Bottega", "bottega_sandbox_bot", is_bot=True)
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.commands: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.queries: dict[str, Query] = {}
        #: What a strict reader would object to although Telegram lets it pass, e.g. unknown parameters.
        self.complaints: list[str] = []
        self.shared_ids = itertools.count(1)
        self.serials = itertools.count(1)

    def seconds(self) -> float:
        """The sandbox's clock in Unix seconds."""
        return self.now().timestamp()

    def serial(self, prefix: int) -> str:
        """A new identifier in the form of Telegram's long numbers."""
        return str(prefix * 10**12 + next(self.serials))

    def somebody(self, person_id: int) -> Person:
        """The person or bot with this id."""
        return self.bot if person_id == self.bot.id else self.people[person_id]

    def person(self, reference: Any) -> Person:
        """The person meant on the stage by id or first name; raises Refusal."""
        for person in self.people.values():
            if str(reference).lower() in {str(person.id), person.first_name.lower()}:
                return person
        raise Refusal(f"There is nobody called {reference!r} here.")

    def chat(self, reference: Any, person: Person) -> Chat:
        """The chat meant on the stage by id, title or "private" (with the bot); raises Refusal."""
        if str(reference).lower() == "private":
            return self.chats[person.id]
        for chat in self.chats.values():
            if chat.kind != "private" and not chat.moved_to and str(reference) in {str(chat.id), chat.title}:
                return chat
        if str(reference) == str(person.id):
            return self.chats[person.id]
        raise Refusal(f"There is no chat called {reference!r} that {person.first_name} can see.")

    def next_id(self, chat: Chat) -> int:
        """A message id: counted per supergroup, shared by private chats and basic groups."""
        chat.last_id = chat.last_id + 1 if chat.kind == "supergroup" else next(self.shared_ids)
        return chat.last_id

    def post(self, chat: Chat, sender: int, content: dict[str, Any], **more: Any) -> Message:
        """Put a message into a chat; `more` are fields of Message. Checks nothing and tells the bot nothing."""
        message = Message(self.next_id(chat), chat.id, sender, int(self.seconds()), content, **more)
        chat.messages[message.id] = message
        self.changed()
        return message

    def open_topic(self, chat: Chat, name: str, creator: int, icon_color: int = 7322096) -> Topic:
        """A new topic, opened by a service message whose id becomes the topic's."""
        created = {"name": name, "icon_color": icon_color}
        message = self.post(chat, creator, {"forum_topic_created": created})
        message.thread = message.id
        topic = Topic(message.id, name, icon_color, creator)
        chat.topics[topic.id] = topic
        return topic
