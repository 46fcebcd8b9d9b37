"""A small story for a bot that dies in the middle: people press again what did not answer, and look until they see."""

from collections.abc import Callable
from typing import Any

from sandbox.slack.person import SlackPerson, all_text, find_element
from support.world import INBOX, World, eventually

TEXT = "Hello from the chaos"
#: Seconds for anything to happen, a death and a look-up in between included.
PATIENCE = 180.0


class Story:
    """A post is drafted, approved and published; then the public comments."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ada = world.on_slack("Ada")
        self.bruno = world.on_slack("Bruno")
        self.nora = world.visitor("nora")
        self.group = world.in_group("Bruno", INBOX)
        self.root: dict[str, Any] = {}
        self.comments: list[str] = []
        self.watching: Callable[[], None] = lambda: None  #: called between looks

    def told(self) -> None:
        """All of it, in order."""
        self.ada.say("dm", f"post {TEXT}")
        self.until(lambda: self.button(self.ada, "Submit"), "the draft's card")
        self.press(self.ada, "Submit", lambda: self.button(self.bruno, "Approve"))
        self.press(self.bruno, "Approve", lambda: not self.button(self.bruno, "Approve"))
        self.press(self.bruno, "Publish now", self.published)
        self.root = self.until(self.published, "the publication")[0]
        for _ in range(2):
            self.comment()
        self.until(lambda: "Open on acme" in self.review(), "the card that says published")

    def comment(self) -> None:
        """One more comment by the public, seen in both chats, while a member asks twice for the queue."""
        for _ in range(2):
            self.ada.say("dm", "queue")
        text = f"comment number {len(self.comments) + 1}."
        self.comments.append(text)
        self.nora.reply(self.root["id"], f"@acme {text}")
        self.until(lambda: self.in_slack(text), f"{text} in Slack")
        self.until(lambda: self.in_telegram(text), f"{text} in Telegram")

    def until(self, look: Callable[[], Any], what: str) -> Any:
        """Look until it is there."""

        def looked() -> Any:
            self.watching()
            return look()

        return eventually(looked, PATIENCE, what, pause=0.2)

    def press(self, person: SlackPerson, label: str, done: Callable[[], Any]) -> None:
        """Press, and again where the press met a dead process."""

        def tried() -> Any:
            self.watching()
            if found := done():
                return found
            if message := self.button(person, label):
                person.press(label, message=message)
            return done()

        eventually(tried, PATIENCE, label, pause=1.0)

    def button(self, person: SlackPerson, label: str) -> dict[str, Any] | None:
        """The newest message of the review room or the person's own with that button."""
        for room in ("review", "dm"):
            for message in reversed(person.messages(room)):
                if find_element(message.get("blocks") or [], label):
                    return message
        return None

    def published(self) -> list[dict[str, Any]]:
        """The post as it stands on acme."""
        return [status for status in self.nora.timeline("acme") if TEXT in status["text"]]

    def review(self) -> str:
        """What the review room shows."""
        return "\n".join(all_text(message) for message in self.bruno.messages("review"))

    def in_slack(self, text: str) -> list[dict[str, Any]]:
        """The cards in Slack's inbox room that show the comment."""
        messages = [m for root in self.bruno.messages("inbox") for m in (root, *root.get("replies", []))]
        return [m for m in messages if text in all_text(m)]

    def in_telegram(self, text: str) -> list[dict[str, Any]]:
        """The cards in Telegram's inbox topic that show the comment."""
        return [m for m in self.group.messages() if text in (m.get("text") or "")]
