"""How this desk is set up: the parts of config.toml that handlers need, and the connected accounts."""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from handlers.cards import Card
from handlers.intents import Place
from models.approval import Policy
from models.delivery import ADS
from models.errors import NotFound
from platforms.contract import Platform


def unmarked(_salt: str) -> str:
    """The fingerprint of no token."""
    return ""


@dataclass(frozen=True)
class OurAccount:
    """One of our accounts: its name in config.toml, its adapter, its policy."""

    name: str
    title: str  #: how cards call it
    platform: Platform
    policy: Policy
    preselected: bool = True  #: whether new drafts are for it at first
    has_token: bool = True  #: whether there is any to show the network
    version: int = 0  #: of the credential that this process has seen; 0: none
    told: str = ""  #: digest of the token in the settings; "": none there
    ads_told: str = ""  #: the same of the token for ads
    is_paid_by_settings: bool = False  #: whether the token for ads that counts is theirs
    server: str = ""  #: where it is, on a network with several servers; "" on others
    #: Keyed fingerprint, with a salt, of its token and of what else decides whose that is.
    fingerprint: Callable[[str], str] = field(default=unmarked, repr=False)

    def mark(self) -> str:
        """By which its token is known again; each call makes another."""
        salt = secrets.token_hex(8)
        return f"{salt}.{self.fingerprint(salt)}"

    def has(self, mark: str) -> bool:
        """Whether the mark is of the token that it has."""
        salt, _, fingerprint = mark.partition(".")
        return bool(salt) and hmac.compare_digest(self.fingerprint(salt), fingerprint)

    @property
    def lane(self) -> str:
        """Deliveries to one account leave one at a time, in order."""
        return f"account:{self.name}"

    @property
    def ads_lane(self) -> str:
        """So does what is ordered for money, apart from these."""
        return f"{ADS}{self.name}"


@dataclass(frozen=True)
class LoginOffer:
    """A network at which a person's consent connects an account."""

    title: str  #: the network's name, as people write it
    scopes: Mapping[str, str]  #: scope -> what is not possible without it, an English catalogue key
    has_app: bool  #: whether the team has registered an app there
    has_key: bool  #: whether what it gives can be stored
    #: The address of its consent window for a secret that comes back; None: the network cannot come back to us.
    address: Callable[[str], str] | None


@dataclass(frozen=True)
class Alerts:
    """From when on trouble is told."""

    late: timedelta = timedelta(minutes=10)  #: how late a delivery is
    unsure: timedelta = timedelta(minutes=30)  #: for how long nobody has known the end of one
    unsure_count: int = 5  #: or of how many


@dataclass(frozen=True)
class Preset:
    """Whom boosts reach, under a name that the team knows; as platforms.contract.Targeting."""

    countries: tuple[str, ...]
    age_min: int = 18
    age_max: int = 65
    genders: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Boosting:
    """What boosts are offered with."""

    beneficiary: str = ""  #: who ads in the EU benefit, and who pays them, unless a boost says otherwise
    payor: str = ""
    presets: Mapping[str, Preset] = field(default_factory=dict)


@dataclass(frozen=True)
class Setup:
    """What a handler may know of the configuration."""

    name: str  #: the desk's name
    zone: str  #: IANA zone of the desk
    language: str  #: language of cards in rooms
    media_folder: Path
    #: By name. An account is replaced where it stands when its token was: nobody keeps one for longer than an act.
    accounts: dict[str, OurAccount] = field(default_factory=dict)
    logins: Mapping[str, LoginOffer] = field(default_factory=dict)  #: by platform, of those that have a login
    review: tuple[Place, ...] = ()  #: where posts are reviewed, one place per chat
    inbox: tuple[Place, ...] = ()  #: where comments arrive, one place per chat
    command: str = "/social"  #: Slack's slash command
    claim: timedelta = timedelta(minutes=30)  #: how long a taken comment stays held
    alerts: Alerts = Alerts()
    boosting: Boosting = Boosting()
    chats: tuple[str, ...] = ()  #: the chats that are connected
    health: Callable[[], Mapping[str, str]] = dict  #: the live state of each chat and collector, in a word or two
    modal_chats: frozenset[str] = frozenset(
        {"slack"}
    )  #: chats that open a form at once; others ask question by question

    hosts: frozenset[str] = frozenset()  #: of our accounts and of this desk, as the settings name them
    #: By chat: what it leaves out of a card, in cards of their own; empty where it shows all.
    rest: Mapping[str, Callable[[Card], tuple[Card, ...]]] = field(default_factory=dict)
    #: An address where this member alone opens a file: (member, subject, revision, media id); None: there is none.
    open_file: Callable[[int, str, int, int], str] | None = None
    whispering_chats: frozenset[str] = frozenset({"slack"})  #: chats in whose rooms one person can be answered alone

    def login(self, account: str) -> LoginOffer | None:
        """How the account is connected; None where its token is made on the network's own pages."""
        found = self.accounts.get(account)
        return self.logins.get(found.platform.name) if found else None

    def account(self, name: str) -> OurAccount:
        """The account of that name. Raises NotFound with the names there are."""
        found = self.accounts.get(name)
        if found is None:
            names = ", ".join(self.accounts) or "–"
            raise NotFound("There is no account called “{name}”. There are: {names}.", name=name[:60], names=names)
        return found
