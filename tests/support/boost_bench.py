"""The bench with a Page that may spend money, three members who may agree to it, and a published post."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from sqlmodel import select

from handlers import outbox
from handlers.delivery import access, identity
from handlers.desk import Desk
from handlers.router import Handled
from models.agreement import BoostPolicy
from models.approval import Policy
from models.audience import AudienceRow
from models.boost import Boost
from models.ledger import Entry
from models.member import Member, Role
from platforms.contract import AccessLost, AudienceKind, AudiencePlan, Audiences, Outgoing
from support.bench import START, DeskBench
from support.meta_bench import add_page
from support.meta_client import ADS, USER, Graph
from support.paper import words
from support.patience import PATIENCE
from support.platform_progress import Kept
from support.posts import stands
from support.stage import Stage

#: A Monday that is still to come: an ad account's clock never goes back.
BEGIN = datetime(2035, 10, 1, 9, tzinfo=UTC)
#: One buyer up to 50, two up to 200, above it an admin too; 300 a month.
MONEY = {"first_limit": 50, "second_limit": 200, "month_cap": 300}
#: Where nobody has to be named who pays.
SWISS = {"amount": "30", "days": "3", "countries": "CH"}


class BoostBench:
    """Ada wishes; Bruno and Chiara buy; Dario is admin. The bench's clock and the network's move together."""

    def __init__(self, desk: DeskBench, meta: Stage) -> None:
        self.desk, self.meta = desk, meta
        self.allow(**MONEY)
        self.give("Bruno", Role.BUYER)
        self.give("Chiara", Role.BUYER)

    def allow(self, **money: int) -> None:
        """Another policy for the Page."""
        boosts = BoostPolicy.model_validate(money)
        if "bakery" in self.desk.setup.accounts:
            account = self.desk.setup.accounts["bakery"]
            policy = account.policy.model_copy(update={"boosts": boosts})
            self.desk.reshape(accounts={**self.desk.setup.accounts, "bakery": replace(account, policy=policy)})
        else:
            add_page(self.desk, self.meta, Policy(boosts=boosts))

    def give(self, who: str, role: Role) -> None:
        """A member gets another role."""
        with self.desk.store.write() as session:
            session.exec(select(Member).where(Member.name == who)).one().grant(role)

    def passes(self, span: timedelta) -> None:
        """Time goes by at the desk and at the network."""
        self.meta.act("clock", advance=span.total_seconds())
        self.desk.wait(span)

    def by_hand(self, object_id: str, **params: str) -> None:
        """Somebody changes something in the network's own ads manager."""
        self.meta.act("token", token=USER, expires_in=None)  # a person signs in when they like
        Graph(self.meta.address, USER).call("POST", object_id, **params).raise_for_status()

    def audience(self, name: str) -> None:
        """A group of people that the network has ready."""
        platform = self.desk.setup.accounts["bakery"].platform
        assert isinstance(platform, Audiences)
        remote_id = platform.make_audience(AudiencePlan(name, AudienceKind.PAGE, days=30))
        self.meta.act("ads/audience", audience=remote_id, people=5000, ready=True)
        with self.desk.store.write() as session:
            row = AudienceRow.asked("bakery", name, {"kind": "page", "days": 30}, 1, self.desk.now)
            row.accept()
            row.made(remote_id, self.desk.now)
            row.read(ready=True, reason="", people_from=5000, people_to=6000, now=self.desk.now)
            row.look_at = None
            session.add(row)

    def lost(self, refusal: AccessLost | None = None) -> None:
        """The network refuses the account's own token."""
        refusal = refusal or AccessLost("The session has been invalidated")
        with self.desk.store.write() as session:
            own = Desk(session=session, now=self.desk.now, setup=self.desk.setup)
            outbox.keep(own, access.lost(own, "bakery", refusal))
        self.desk.deliver()

    def regained(self) -> None:
        """The network takes the account's token again."""
        decide = identity.ask(self.desk.setup.accounts["bakery"])
        with self.desk.store.write() as session:
            own = Desk(session=session, now=self.desk.now, setup=self.desk.setup)
            outbox.keep(own, decide(own))
        self.desk.deliver()

    def unpaid(self) -> None:
        """The network refuses the token for ads from now on."""
        self.meta.act("token", token=ADS, end=460)

    def paid(self) -> None:
        """The network takes it again, and the desk has had the time to ask."""
        self.meta.act("token", token=ADS, end=0)
        for _ in range(2):
            self.passes(timedelta(minutes=3))

    # -- what members do -----------------------------------------------------------------------------------------------

    def published(self) -> str:
        """A post on the Page; nobody drafted it in a chat, which would cost more than most tests do."""
        text = f"Fresh bread, batch {len(self.desk.posts())}"
        made = self.desk.setup.accounts["bakery"].platform.publish(Outgoing((text,)), text, Kept())
        stands(self.desk, "bakery", made.remote_id, text=text)
        return self.desk.posts()[-1].code

    def wished(self, post: str = "", **wanted: str) -> str:
        """Ada wants a boost; its price is known. Returns its code."""
        self.desk.say("Ada", f"boost {post or self.published()}")
        self.fill(**{**SWISS, **wanted})
        return self.row().code

    def fill(self, **answers: str) -> Handled:
        """Ada answers the form that is open."""
        values: dict[str, Any] = dict(answers)
        return self.desk.fill("Ada", self.desk.form, **values)

    def ordered(self, **wanted: str) -> str:
        """Bruno agrees: it is ordered, and runs."""
        code = self.wished(**wanted)
        self.desk.press("Bruno", "Approve", code)
        return code

    def press(self, who: str, label: str, code: str = "B1") -> str:
        """Press a button of its card; returns what the person alone is told since."""
        before = len(self.desk.papers["slack"].whispers)
        self.desk.press(who, label, code)
        return self.desk.whispered(who) if len(self.desk.papers["slack"].whispers) > before else ""

    # -- what is seen --------------------------------------------------------------------------------------------------

    def row(self, number: int | None = None) -> Boost:
        """A boost as it stands; the newest unless said otherwise."""
        rows = {row.number: row for row in self.desk.rows(Boost)}
        return rows[number or max(rows)]

    def ledger(self, kind: str) -> int:
        """The sum of the entries of a kind."""
        return sum(entry.amount for entry in self.desk.rows(Entry, Entry.kind == kind))

    @property
    def campaigns(self) -> list[dict[str, Any]]:
        """The network's own books, campaign by campaign."""
        found: list[dict[str, Any]] = requests.get(f"{self.meta.address}/_/books", timeout=PATIENCE).json()["campaigns"]
        return found

    def posted(self) -> list[str]:
        """What was written in Slack's rooms outside of threads."""
        return [words(sheet.card) for sheet in self.desk.papers["slack"].sheets if not sheet.reply_to]

    def told(self, code: str = "B1") -> list[str]:
        """What was told about it in threads, each sentence once."""
        return list(dict.fromkeys(line for line in self.desk.told() if code in line))

    def labels(self, code: str = "B1") -> list[str]:
        """The buttons of its card."""
        return [button.label for button in self.desk.card(code).buttons]


@pytest.fixture
def boosts(bench: DeskBench, meta: Stage) -> BoostBench:
    """The bench whose Page may spend."""
    meta.act("reset")
    meta.act("clock", advance=(BEGIN - datetime.now(UTC)).total_seconds())
    bench.mastodon.act("clock", advance=(BEGIN - START).total_seconds())
    bench.now = BEGIN
    return BoostBench(bench, meta)
