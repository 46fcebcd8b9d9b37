"""What people do while the bot dies: they press again what did not answer, and look until they see."""

from collections.abc import Callable
from typing import Any

from models.store import Store
from sandbox.slack.person import Refused, SlackPerson, all_text, find_element
from support.chaos_desk import Supervised
from support.first_looks import await_first_looks
from support.team import code_of
from support.world import INBOX, TOKENS, World, eventually

#: Seconds for anything to happen, with the starts of a busy machine after each death, and look-ups, in between.
PATIENCE = 240.0
#: The button below a preview, whatever the reader's language calls it.
SEND = "v1:send_reply"
Seen = dict[str, Any]


class Story:
    """Posts are drafted, approved and published; the public comments, and is answered."""

    def __init__(self, world: World, desk: Supervised) -> None:
        self.world, self.desk = world, desk
        self.ada, self.bruno, self.dario = (world.on_slack(name) for name in ("Ada", "Bruno", "Dario"))
        self.ada_on_telegram = world.on_telegram("Ada")
        self.ada_on_telegram.start()
        self.nora = world.visitor("nora")
        self.group = world.in_group("Bruno", INBOX)
        self.drafts: list[str] = []
        self.posts: list[str] = []
        self.comments: list[str] = []
        self.answers: list[str] = []
        self.watching: Callable[[], None] = lambda: None  #: called between looks

    # -- posts ---------------------------------------------------------------------------------------------------------

    def drafted(self, chat: str = "slack") -> str:
        """One more draft by Ada; its text."""
        text = f"Words number {len(self.drafts) + 1}."
        self.drafts.append(text)
        if chat == "slack":
            self.ada.say("dm", f"post {text}")
            self.until(lambda: self.button(self.ada, "Submit", text), f"{text} as a draft")
        else:
            self.ada_on_telegram.command("post", text)
            self.until(lambda: self._drafts_in_telegram(text), f"{text} in Telegram")
        return text

    def _drafts_in_telegram(self, text: str) -> list[Seen]:
        return [m for m in self.ada_on_telegram.messages() if text in m["text"] and m["from"]["is_bot"]]

    def submitted(self) -> str:
        """A draft of Ada's in review; its text."""
        text = self.drafted()
        self.press(self.ada, "Submit", text, lambda: self.button(self.bruno, "Approve", text))
        return text

    def approved(self) -> str:
        """Approved by Bruno; its text."""
        text = self.submitted()
        self.approve(text)
        return text

    def approve(self, text: str) -> None:
        """Bruno approves it."""
        self.press(self.bruno, "Approve", text, lambda: "· Approved" in self.card(text))

    def published(self, text: str) -> Seen:
        """Bruno publishes it; the post as it stands on acme."""
        self.posts.append(text)
        self.press(self.bruno, "Publish now", text, lambda: all(self.on_network(text, name) for name in TOKENS))
        self.until(lambda: "· Published" in self.card(text), f"the card of {text} that says published")
        return self.on_network(text)[0]

    # -- comments ------------------------------------------------------------------------------------------------------

    def commented(self, root: Seen) -> str:
        """One more comment by the public, seen in both chats; its code."""
        if not self.comments:
            store = Store(f"sqlite:///{self.world.folder / 'data' / 'bottega.db'}")
            await_first_looks(store, TOKENS)
            store.close()
        text = f"comment number {len(self.comments) + 1}."
        self.comments.append(text)
        self.nora.reply(root["id"], f"@acme {text}")
        found = self.until(lambda: self.seen(self.bruno, "inbox", text), f"{text} in Slack")
        self.until(lambda: self.in_telegram(text), f"{text} in Telegram")
        return code_of(found[-1])

    def previewed(self, code: str) -> str:
        """Dario writes an answer to it and has it before him; its text."""
        text = f"Answer number {len(self.answers) + 1}."
        self.answers.append(text)
        self.dario.say("dm", f"reply {code} {text}")
        self.until(lambda: self.button(self.dario, SEND, text), f"the preview of {text}")
        return text

    def answered(self, text: str) -> None:
        """He sends it."""
        self.press(self.dario, SEND, text, lambda: self.on_network(text))

    # -- doing and looking ---------------------------------------------------------------------------------------------

    def died(self, *steps: str) -> None:
        """It died at these steps, one after the other."""
        self.until(lambda: not self.desk.to_come, f"a death at {self.desk.to_come}")
        assert self.desk.deaths[-len(steps) :] == list(steps)

    def until(self, look: Callable[[], Any], what: str) -> Any:
        """Look until it is there."""

        def looked() -> Any:
            self.watching()
            return look()

        return eventually(looked, PATIENCE, what, pause=0.2)

    def press(self, person: SlackPerson, label: str, about: str, done: Callable[[], Any]) -> None:
        """Press, and again where the press met a dead process."""

        def tried() -> Any:
            self.watching()
            if found := done():
                return found
            if message := self.button(person, label, about):
                try:
                    person.press(label, message=message)
                except Refused:
                    return None  # it was taken away meanwhile; what is there now is seen in the next look
            return eventually_soon(done)

        eventually(tried, PATIENCE, f"{label} of {about}", pause=0.2)

    def button(self, person: SlackPerson, label: str, about: str) -> Seen | None:
        """The newest message with that button that shows these words, in the review room or the person's own."""
        for room in ("review", "dm"):
            for message in reversed(person.messages(room)):
                if about in all_text(message) and find_element(message.get("blocks") or [], label):
                    return message
        return None

    def on_network(self, text: str, account: str = "acme") -> list[Seen]:
        """What the account has published with that text, answers too."""
        return [
            status for status in self.nora.timeline() if text in status["text"] and status["author"]["acct"] == account
        ]

    def seen(self, person: SlackPerson, room: str, text: str) -> list[Seen]:
        """The messages in a room of Slack and in its threads that show the text."""
        messages = [m for root in person.messages(room) for m in (root, *root.get("replies", []))]
        return [m for m in messages if text in all_text(m)]

    def card(self, text: str) -> str:
        """The card in the review room."""
        return "\n".join(all_text(message) for message in self.bruno.messages("review") if text in all_text(message))

    def in_telegram(self, text: str) -> list[Seen]:
        """The messages in Telegram's inbox topic that show the text."""
        return [m for m in self.group.messages() if text in (m.get("text") or "")]


def eventually_soon(done: Callable[[], Any]) -> Any:
    """What is done within a second and a half, or nothing."""
    try:
        return eventually(done, 1.5, pause=0.2)
    except TimeoutError:
        return None
