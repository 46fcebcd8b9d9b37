"""The part of Telegram's updates that matters here, validated (Bot API "Update", "Message", "CallbackQuery")."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator


class Wire(BaseModel):
    """Base: unknown fields are Telegram's own business, and null is what some servers write for a field left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        return {k: v for k, v in given.items() if v is not None} if isinstance(given, dict) else given


class Person(Wire):
    """Bot API "User"."""

    id: int
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    language_code: str = ""

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


class Room(Wire):
    """Bot API "Chat"."""

    id: int
    type: str = ""
    title: str = ""

    @property
    def private(self) -> bool:
        """Whether only one person and the bot are in it."""
        return self.type == "private"


class File(Wire):
    """What "PhotoSize", "Video", "Animation" and "Document" have in common."""

    file_id: str
    file_name: str = ""
    width: int = 0
    height: int = 0


class Quote(Wire):
    """Bot API "TextQuote": the part of a message that a reply picks out."""

    text: str = ""
    is_manual: bool = False


class Message(Wire):
    """Bot API "Message", or the little that is left of an inaccessible one."""

    message_id: int
    chat: Room
    date: int = 0
    sender: Person | None = Field(default=None, alias="from")
    sender_chat: Room | None = None
    message_thread_id: int = 0
    is_topic_message: bool = False
    is_automatic_forward: bool = False
    forward_origin: dict[str, Any] | None = None
    forum_topic_created: dict[str, Any] | None = None
    media_group_id: str = ""
    migrate_to_chat_id: int = 0
    text: str = ""
    caption: str = ""
    photo: tuple[File, ...] = ()
    video: File | None = None
    animation: File | None = None
    document: File | None = None
    quote: Quote | None = None
    reply_to_message: "Message | None" = None
    reply_markup: dict[str, Any] | None = None

    @property
    def thread(self) -> str:
        """The forum topic; a mere chain of replies has a thread id too, but is no topic."""
        return str(self.message_thread_id) if self.is_topic_message and self.message_thread_id else ""

    @property
    def words(self) -> str:
        """Text, or what is written under a picture."""
        return self.text or self.caption

    @property
    def answered(self) -> "Message | None":
        """The message this one answers; in a topic, everything else answers the topic's first message."""
        answered = self.reply_to_message
        return None if answered is None or answered.forum_topic_created is not None else answered


class Press(Wire):
    """Bot API "CallbackQuery"."""

    id: str
    sender: Person = Field(alias="from")
    data: str = ""
    message: Message | None = None


class Standing(Wire):
    """Bot API "ChatMember"."""

    status: str


class Membership(Wire):
    """Bot API "ChatMemberUpdated"."""

    chat: Room
    sender: Person = Field(alias="from")
    old_chat_member: Standing
    new_chat_member: Standing


class Update(Wire):
    """Bot API "Update"; kinds that are not asked for are left out."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: Press | None = None
    my_chat_member: Membership | None = None


def parse(body: dict[str, Any]) -> Update | None:
    """The update, or None for what is none."""
    try:
        return Update.model_validate(body)
    except ValidationError:
        return None


def lane_of(update: Update | None) -> str:
    """The person in the room: what one person does in one room is handled in order, the rest side by side."""
    match update:
        case Update(message=Message() as message) | Update(edited_message=Message() as message):
            actor = message.sender.id if message.sender else ""
            return f"{message.chat.id}:{actor}"
        case Update(callback_query=Press() as press):
            room = press.message.chat.id if press.message else ""
            return f"{room}:{press.sender.id}"
        case Update(my_chat_member=Membership() as membership):
            return f"{membership.chat.id}:{membership.sender.id}"
        case _:
            return ""
