"""The bench with a public that writes to us: two visitors' voices, the reader, and one more moderator."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.reader import Look, Reader
from handlers.cards import Button, Card
from handlers.comments import acting, answering, claiming, commentcard, inbox, moderating, replying
from handlers.registry import registry
from handlers.router import Handled, Router
from models.audit import AuditEntry
from models.conversation import Comment, Reply
from models.delivery import Delivery
from models.member import Member, Role
from models.store import Store
from platforms.contract import CommentEvent
from sandbox.mastodon.person import Visitor
from support.bench import START, DeskBench, external
from support.desks import Stores
from support.paper import buttons, words
from support.posts import published
from support.stage import Stage

#: Handler files register themselves when they are imported.
HANDLERS = (acting, answering, claiming, commentcard, inbox, moderating, replying)


@pytest.fixture
def desk(mastodon: Stage, stores: Stores, tmp_path: Path) -> Iterator["InboxBench"]:
    """A desk that has begun to listen, and has heard nothing yet."""
    with stores.lent(tmp_path / "desk.db") as store:
        made = InboxBench(store, mastodon, tmp_path / "media")
        made.look()
        yield made


class InboxBench(DeskBench):
    """The public acts through `nora` and `oleg`; `look` is what the collector does every minute."""

    def __init__(self, store: Store, mastodon: Stage, media_folder: Path) -> None:
        super().__init__(store, mastodon, media_folder)
        self.couriers |= {"reply": replying.ReplyCourier(), "act": acting.ActCourier()}
        self.nora, self.oleg = Visitor(mastodon.address, "nora"), Visitor(mastodon.address, "oleg")
        self.woken = 0
        self.reader = self.new_reader()

    def new_reader(self, **more: Any) -> Reader:
        """The reader of another process on the same database."""
        return Reader(self.store, self.setup, self.clock, self.wake, **more)

    def restart(self) -> None:
        """Another process begins where this one stopped: it knows what is stored, and nothing else."""
        self.router = Router(self.setup, registry)
        self.deliverer = self.new_deliverer()
        self.reader = self.new_reader()

    def wake(self) -> None:
        """Counts how often the engine would have looked."""
        self.woken += 1

    def _populate(self) -> None:
        super()._populate()
        with self.store.write() as session:
            elena = Member(name="Elena", roles=[Role.MODERATOR.value], created_at=START)
            session.add(elena)
            session.flush()
            for chat in self.papers:
                session.add(self._identity(elena, chat))

    def look(self, account: str = "acme") -> Look:
        """The collector looks once."""
        found = self.reader.look(self.setup.accounts[account])
        self.deliver()
        return found

    def hear(self, *events: CommentEvent, account: str = "acme") -> None:
        """The stream tells something."""
        self.reader.keep(account, events)
        self.deliver()

    def publication(self, text: str = "We bake at dawn.") -> str:
        """The remote id of a published post of acme (the first of a thread's)."""
        published(self, text)
        found: str = next(s["id"] for s in reversed(self.public("acme")))
        return found

    def commented(self, text: str = "When do you open?", **more: Any) -> str:
        """Nora mentions acme, and it has arrived as C1; returns the remote id."""
        said = self.nora.mention("acme", text, **more)
        self.look()
        return str(said["id"])

    def preview(self, who: str = "Chiara", text: str = "At seven.", comment: str = "C1", **where: Any) -> Handled:
        """A member writes a reply, and has it before them."""
        return self.say(who, f"reply {comment} {text}", **where)

    def replied(self, who: str = "Chiara", text: str = "At seven.", comment: str = "C1") -> Handled:
        """A member replies."""
        self.preview(who, text, comment)
        return self.press_aside("Send", who)

    def aside(self, who: str, *, chat: str = "slack") -> Card:
        """What the person was whispered last."""
        return next(card for actor, card in reversed(self.papers[chat].whispers) if actor == external(who, chat))

    def aside_button(self, label: str, who: str, *, chat: str = "slack", subject: str = "") -> Button:
        """A button below the last whisper to the person."""
        found = [b for b in buttons(self.aside(who, chat=chat)) if b.label == label and b.subject.startswith(subject)]
        assert found, [b.label for b in buttons(self.aside(who, chat=chat))]
        return found[0]

    def press_aside(self, label: str, who: str, *, chat: str = "slack", subject: str = "") -> Handled:
        """The person presses a button below what was whispered to them last."""
        return self.act(self.pressed(who, self.aside_button(label, who, chat=chat, subject=subject), chat=chat))

    def comment(self, number: int = 1) -> Comment:
        """A comment as it stands."""
        return self.rows(Comment, Comment.id == number)[0]

    def fence(self, subject: str) -> int:
        """What the newest button about a reply or a delivery carries; 0 for anything else."""
        number = int(subject[1:])
        if subject.startswith("R"):
            sent = self.rows(Delivery, Reply.delivery_id == Delivery.id, Reply.id == number)
        else:
            sent = self.rows(Delivery, Delivery.id == number) if subject.startswith("D") else []
        return sent[0].fence if sent else 0

    def answers(self, remote_id: str) -> list[dict[str, Any]]:
        """Our public answers to it, oldest first."""
        return [s for s in reversed(self.public("acme")) if s["reply_to"] == remote_id]

    def labels(self, subject: str, *, chat: str = "slack") -> list[str]:
        """The labels of the buttons on the newest message about the subject."""
        return [b.label for b in buttons(self.card(subject, chat=chat))]

    def posted(self, text: str, *, chat: str = "slack") -> int:
        """How many messages where posts are reviewed say that."""
        (room,) = (place.room for place in self.setup.review if place.chat == chat)
        return sum(text in words(s.card) for s in self.papers[chat].sheets if s.place.room == room)

    def settle(self) -> None:
        """Time enough passes that the network's silence proves something."""
        self.wait(timedelta(minutes=2))

    def audited(self) -> list[str]:
        """The actions in the audit log, oldest first."""
        return [entry.action for entry in self.rows(AuditEntry)]
