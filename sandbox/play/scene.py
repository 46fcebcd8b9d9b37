"""Where the story is played: the people with their screens, pictures they send, and what they look for."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

import requests
from PIL import Image, ImageDraw

from sandbox.mastodon.person import Post, Visitor
from sandbox.meta.person import Public
from sandbox.slack.person import Json, SlackPerson, all_text
from sandbox.telegram.person import Message, TelegramPerson

#: Seconds that people wait for something to appear, and for a lost delivery to be looked up and settled: bounds for a
#: story that fails, not for a slow machine.
PATIENCE, LONG = 60.0, 75.0
#: The supergroup of the team, and its topics.
DESK, REVIEW, INBOX = "Desk", "Review", "Inbox"


class Unseen(AssertionError):
    """What should be on a screen is not, or the other way round."""


def see(condition: object, otherwise: str) -> None:
    """Go on only if it is so."""
    if not condition:
        raise Unseen(otherwise)


@dataclass
class Scene:
    """The world as `python -m sandbox` printed it, and what the story knows so far (post codes, ids)."""

    world: Json
    known: dict[str, Any] = field(default_factory=dict)

    # -- people --------------------------------------------------------------------------------------------------------

    def slack(self, name: str) -> SlackPerson:
        """A member of the workspace."""
        return SlackPerson(self.world["slack"]["address"], name)

    def private(self, name: str) -> TelegramPerson:
        """Somebody in their own chat with the bot."""
        return TelegramPerson(self.world["telegram"]["address"], name)

    def desk(self, name: str, topic: str) -> TelegramPerson:
        """Somebody in a topic of the team's group."""
        return TelegramPerson(self.world["telegram"]["address"], name, DESK, topic)

    def visitor(self, name: str) -> Visitor:
        """One of the public."""
        return Visitor(self.world["mastodon"]["address"], name)

    def public(self, name: str) -> Public:
        """One of the public, on Facebook and Instagram."""
        return Public(self.world["meta"]["address"], name)

    # -- cards ---------------------------------------------------------------------------------------------------------

    def slack_card(self, name: str, code: str, *parts: str, channel: str = "review", within: float = PATIENCE) -> Json:
        """The newest card of a post or comment as this member sees it, once it contains all parts."""
        person = self.slack(name)

        def look() -> Json | None:
            shown = [m for top in person.messages(channel) for m in (top, *top["replies"])]
            fitting = [m for m in shown if m["bot"] and is_card(m, code) and all(p in all_text(m) for p in parts)]
            return fitting[-1] if fitting else None

        return person.wait_for(look, within, f"the card of {code} with {parts}")

    def telegram_card(
        self, name: str, code: str, *parts: str, topic: str = REVIEW, within: float = PATIENCE
    ) -> Message:
        """The same in Telegram."""

        def fits(message: Message) -> bool:
            words = f"{message['text']}\n{message['keyboard']}"
            return message["from"]["is_bot"] and is_code(message["text"], code) and all(p in words for p in parts)

        return self.desk(name, topic).wait_for(fits, within)

    def slack_thread(self, name: str, code: str, part: str, *, channel: str = "review") -> Json:
        """A reply in the thread of the card that contains the part."""
        person = self.slack(name)
        return person.wait_message(
            channel, part, PATIENCE, thread_ts=str(self.slack_card(name, code, channel=channel)["ts"])
        )

    # -- the network ---------------------------------------------------------------------------------------------------

    def published(self, text: str, *, account: str = "acme") -> list[Post]:
        """Every post of the account that contains the text; a lost one must not be there twice."""
        return [post for post in self.visitor("nora").timeline(account) if text in post["text"]]

    def wait_published(self, text: str, *, account: str = "acme", within: float = PATIENCE) -> Post:
        """The one post that contains the text, as soon as everybody can see it."""
        self.visitor("nora").wait_for(lambda _: self.published(text, account=account), within)
        found = self.published(text, account=account)
        see(len(found) == 1, f"{len(found)} posts say {text!r}")
        return found[0]

    def begin(self) -> None:
        """Let Slack wait for a slow machine as long as people do; the story is not about its three seconds."""
        address = f"{self.world['slack']['address']}/_/settings"
        patience = {"ack_timeout": PATIENCE, "trigger_seconds": PATIENCE}
        requests.post(address, json=patience, timeout=PATIENCE).raise_for_status()

    def disturb(self, match: str, kind: str, **more: Any) -> None:
        """Let the network fail at the next request that matches (see sandbox.service.Fault)."""
        address = f"{self.world['mastodon']['address']}/_/faults"
        requests.post(address, json={"match": match, "kind": kind, **more}, timeout=PATIENCE).raise_for_status()


def is_card(message: Json, code: str) -> bool:
    """Whether the message is the card of this post or comment: its header begins with the code."""
    headers = [b["text"]["text"] for b in message["blocks"] if b["type"] == "header"]
    return any(is_code(header, code) for header in headers)


def is_code(text: str, code: str) -> bool:
    """Whether a text begins with the code and not with a longer one."""
    return re.match(rf"{code}\b", text) is not None


def code_in(text: str, letter: str = "P") -> str:
    """The first code in a text, like P12; raises Unseen without one."""
    found = re.search(rf"\b{letter}\d+\b", text)
    if found is None:
        raise Unseen(f"there is no {letter} code in {text[:200]!r}")
    return found.group()


def picture(sky: str, ground: str) -> bytes:
    """A small landscape as a PNG."""
    image = Image.new("RGB", (960, 600), sky)
    draw = ImageDraw.Draw(image)
    draw.ellipse((590, 120, 730, 260), fill="#fff3d6")
    draw.polygon([(0, 420), (260, 250), (480, 430), (700, 300), (960, 450), (960, 600), (0, 600)], fill=ground)
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
