"""A desk with a Facebook Page on the pretend Meta: the real keyring, logins and page of return, and chats on paper."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from bot.keyring import Keyring
from bot.networks import Builder, Logins
from bot.renewal import Renewal
from bot.settings import Settings
from bot.vault import Vault
from bot.web.oauth import Callback
from handlers import outbox
from handlers.cards import Card
from handlers.delivery import identity
from handlers.desk import Desk
from handlers.effects import Effect
from models.account import Account
from models.credential import Credential
from platforms import facebook, mastodon
from platforms.spec import Spec
from sandbox.meta.server import MetaSandbox
from support.bench import external
from support.inbox_bench import InboxBench
from support.paper import buttons
from support.patience import PATIENCE
from support.platform_running import running
from support.stage import Stage

NETWORKS: dict[str, Spec] = {found.SPEC.name: found.SPEC for found in (mastodon, facebook)}
APP, SECRET = "4000000001", "sandbox-meta-secret"
KEY, OLD_KEY = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
PUBLIC = "https://bot.example"


def settings_on(meta: str, **more: object) -> Settings:
    """The settings of a desk whose Pages and app are on the sandbox at that address; `more`: other sections."""
    given = {
        "desk": {"name": "Acme", "secret_key": KEY},
        "web": {"public_url": PUBLIC},
        "apps": {
            "facebook": {
                "id": APP,
                "secret": SECRET,
                "base_url": f"{meta}/facebook",
                "login_url": f"{meta}/dialog/facebook",
            }
        },
        "accounts": {
            "page": {"platform": "facebook", "options": {"ad_account": "act_5001"}},
            "italy": {"platform": "facebook"},
        },
        **more,
    }
    return Settings.model_validate(given)


class MetaDesk:
    """One process of that desk; `another` is a second one on the same database."""

    def __init__(self, desk: InboxBench, meta: Stage, settings: Settings, networks: dict[str, Spec] = NETWORKS) -> None:
        self.desk, self.meta, self.settings = desk, meta, settings
        self.vault = Vault(settings.desk.secret_key.get_secret_value().split())
        self.logins = Logins(settings, self.vault, networks)
        build = Builder(settings, networks=networks)
        self.accounts = build.all()
        desk.reshape(accounts=self.accounts, logins=self.logins.offers())
        self.keyring = Keyring(desk.store, self.vault, build, self.accounts)
        self.callback = Callback(desk.store, desk.setup, self.logins, desk.clock, lambda: None)
        self.renewal = Renewal(desk.store, self.vault, self.logins, desk.clock, self.keep)
        with desk.store.write() as session:
            for name, account in settings.accounts.items():
                if session.get(Account, name) is None:
                    session.add(Account(name=name, platform=account.platform))

    def keep(self, decide: Callable[[Desk], Iterable[Effect]]) -> None:
        """A decision of the desk itself."""
        with self.desk.store.write() as session:
            own = Desk(session=session, now=self.desk.now, setup=self.desk.setup)
            outbox.keep(own, decide(own))
        self.desk.deliver()

    def met(self, name: str) -> None:
        """The network is asked whose token it is, as each process does with a new one."""
        self.keep(identity.ask(self.accounts[name]))

    # -- what an admin does --------------------------------------------------------------------------------------------

    def way(self, who: str = "Dario", *, chat: str = "slack") -> str:
        """The address in the last whisper to them."""
        card = self.whisper(who, chat=chat)
        (go,) = [button for button in buttons(card) if button.url]
        return go.url

    def whisper(self, who: str = "Dario", *, chat: str = "slack") -> Card:
        """The last card that only they saw."""
        return [card for actor, card in self.desk.papers[chat].whispers if actor == external(who, chat)][-1]

    def last(self) -> Card:
        """The newest message in Slack's rooms."""
        return self.desk.papers["slack"].sheets[-1].card

    def agree(self, address: str, *, decision: str = "agree") -> dict[str, str]:
        """They go there and press a button of the window: what they are sent back with."""
        answer = requests.post(address, data={"decision": decision}, allow_redirects=False, timeout=PATIENCE)
        assert answer.status_code == 302, answer.text
        assert answer.headers["Location"].startswith(f"{PUBLIC}/oauth/facebook?")
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def come_back(self, given: Mapping[str, str]) -> tuple[int, str]:
        """Their browser opens the page of return: its status and words."""
        told = self.callback.arrived("facebook", given)
        self.desk.deliver()
        return told

    def connect(self, name: str = "page", **how: str) -> tuple[int, str]:
        """All of it: asked for in chat, agreed to, and back."""
        self.desk.say("Dario", f"connect {name}")
        return self.come_back(self.agree(self.way(), **how))

    def choose(self, label: str) -> None:
        """Press “This one” behind the identity on the newest card."""
        card = self.last()
        (row,) = [row for row in card.rows if label in row.spans[0].text]
        self.desk.act(self.desk.pressed("Dario", row.buttons[0]))

    @property
    def ends(self) -> datetime | None:
        """Until when the consent of "page" holds."""
        found = self.credential()
        return found.expires_at if found else None

    def credential(self, name: str = "page") -> Credential | None:
        """What connects the account."""
        found = self.desk.rows(Credential, Credential.account == name)
        return found[0] if found else None


@pytest.fixture(scope="module")
def meta() -> Iterator[Stage]:
    """The stage of one running pretend Meta."""
    with running(MetaSandbox()) as address:
        yield Stage(address)


@pytest.fixture
def page(desk: InboxBench, meta: Stage) -> MetaDesk:
    """A desk with two Facebook Pages, not connected yet."""
    meta.act("reset")
    return MetaDesk(desk, meta, settings_on(meta.address))
