"""Everything that can be set, with its type and its limits; every outside address is a setting."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from sqlalchemy import make_url

from bot.appsettings import AppSettings, PublicUrl, SecretKey, keys_in
from bot.boostsettings import BoostSettings
from bot.section import Secret, Section, Url, shaped
from bot.shelfsettings import ShelfSettings
from handlers.intents import Place
from handlers.setup import Alerts
from handlers.words import languages
from models.approval import Policy
from models.member import Role

#: A name of an account: it becomes part of an environment variable, whose parts `__` separates.
ACCOUNT_NAME = re.compile(r"(?!.*__)[a-z][a-z0-9_]{0,38}[a-z0-9]|[a-z]", re.ASCII)
DATABASE = re.compile(r"sqlite:///.+|postgresql(\+psycopg)?://.+")

#: What cures a password that is read as something else.
ENCODED = "in a password write @ as %40, / as %2F, : as %3A, # as %23 and % as %25"


def _of_a_server(address: str) -> None:
    """Refuse an address of which a part of the password would be taken for the host or the port, and shown as such."""
    try:
        url = make_url(address or "sqlite://")
    except ValueError as error:  # SQLAlchemy's words repeat what it took for the port
        raise ValueError(f"the port is no number; {ENCODED}") from error
    if "@" in (url.host or ""):
        raise ValueError(f"there is an @ too many; {ENCODED}")


SlackRoom = Annotated[
    str, AfterValidator(shaped(r"[A-Za-z0-9]+", "write the channel's id (C…), not its name; it ends “Copy link”"))
]
SlackMember = Annotated[
    str, AfterValidator(shaped(r"[A-Za-z0-9]+", "write the member's id (U…): profile, ⋮, “Copy member ID”"))
]
TelegramRoom = Annotated[
    str,
    AfterValidator(
        shaped(
            r"-?[0-9]{1,19}(/[0-9]{1,19})?",
            "write the chat's number, like -1001234567890, or -1001234567890/5 for its topic 5",
        )
    ),
]


class Slack(Section):
    """The Slack workspace."""

    bot_token: Secret = SecretStr("")
    app_token: Secret = SecretStr("")  #: for Socket Mode
    signing_secret: Secret = SecretStr("")  #: for HTTP
    mode: Literal["socket", "http"] = "socket"
    api_url: Url = Url("https://slack.com/api/")
    command: Annotated[
        str, AfterValidator(shaped(r"/[a-z0-9_-]{1,31}", "write it like /social: small letters, digits, - and _"))
    ] = "/social"
    review: SlackRoom = ""  #: where posts are reviewed
    inbox: SlackRoom = ""  #: where comments arrive

    @property
    def is_on(self) -> bool:
        """Whether Slack is connected at all."""
        return bool(self.bot_token.get_secret_value())

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.bot_token.get_secret_value().startswith("xapp-"):
            raise ValueError("bot_token is an app-level token (xapp-…); the bot token begins xoxb-")
        if self.app_token.get_secret_value().startswith("xoxb-"):
            raise ValueError("app_token is a bot token (xoxb-…); the app-level token begins xapp-")
        if self.is_on and self.mode == "socket" and not self.app_token.get_secret_value():
            raise ValueError("app_token is missing: Socket Mode needs the app-level token (xapp-…) beside bot_token")
        if self.is_on and self.mode == "http" and not self.signing_secret.get_secret_value():
            raise ValueError("signing_secret is missing: HTTP mode verifies every request with it")
        return self


class Telegram(Section):
    """The Telegram bot."""

    token: Secret = SecretStr("")
    mode: Literal["polling", "webhook"] = "polling"
    api_url: Url = Url("https://api.telegram.org")
    webhook_url: Url | None = None  #: public address that Telegram calls, when mode is webhook
    webhook_secret: Secret = SecretStr("")
    review: TelegramRoom = ""  #: chat id, or chat id/topic id
    inbox: TelegramRoom = ""

    @property
    def is_on(self) -> bool:
        """Whether Telegram is connected at all."""
        return bool(self.token.get_secret_value())

    @field_validator("token")
    @classmethod
    def _of_botfather(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not re.fullmatch(r"[0-9]{1,19}:\S+", token.get_secret_value()):
            raise ValueError("is no token of a bot; @BotFather gives one that looks like 12345678:ABC…")
        return token

    @field_validator("webhook_secret")
    @classmethod
    def _as_telegram_allows(cls, secret: SecretStr) -> SecretStr:
        # core.telegram.org/bots/api, "setWebhook", secret_token
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret.get_secret_value()):
            raise ValueError("use up to 256 letters, digits, _ and -")
        return secret

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.mode == "webhook" and not (self.webhook_url and self.webhook_secret.get_secret_value()):
            raise ValueError("webhook_url and webhook_secret are needed when mode is webhook")
        return self


class AccountSettings(Section):
    """One of our accounts."""

    platform: str
    base_url: Url | None = None  #: the network's address; needed for federated networks
    token: Secret = SecretStr("")
    ads_token: Secret = SecretStr("")  #: of a person with a role on the ad account, where boosts need one
    title: str = ""  #: how cards call it; empty: its name
    preselected: bool = True  #: whether new drafts are for it at first
    options: Mapping[str, Any] = {}  #: what only this platform knows
    policy: Policy | None = None  #: what differs from the desk's [policy]


class MemberSettings(Section):
    """A member who is there from the start; at least the first admin. Later ones are added in chat."""

    name: str = Field(min_length=1, max_length=100)
    roles: tuple[Role, ...] = (Role.ADMIN,)
    slack: SlackMember = ""
    telegram: int | None = None  #: Telegram numeric id

    @model_validator(mode="after")
    def _known_somewhere(self) -> Self:
        if not self.slack and self.telegram is None:
            raise ValueError("give the member's id in slack or telegram, or nobody can act as this member")
        return self


class Web(Section):
    """The port for webhooks and health; opened only where something needs it."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    enabled: bool = False  #: health even where no webhook needs the port
    public_url: PublicUrl | None = None  #: the https address under which the networks reach this port


class AlertSettings(Section):
    """From when on trouble is told in chat."""

    late_minutes: int = Field(default=10, ge=1, le=10080)
    unsure_minutes: int = Field(default=30, ge=1, le=10080)
    unsure_count: int = Field(default=5, ge=1, le=100)


class MetricsSettings(Section):
    """A port of their own for metrics and health, and who may read them."""

    enabled: bool = False
    host: str = "127.0.0.1"
    port: int = Field(default=9464, ge=0, le=65535)
    token: Secret = SecretStr("")  #: with it, /metrics is on the port of [web] too

    @model_validator(mode="after")
    def _not_for_everybody(self) -> Self:
        if self.enabled and self.host not in {"127.0.0.1", "::1", "localhost"} and not self.token.get_secret_value():
            raise ValueError("token is missing: whoever reaches this host could read the metrics without one")
        return self


class DeskSettings(Section):
    """What concerns the team as a whole."""

    name: str = "Bottega"
    zone: str = "UTC"
    language: str = "en"  #: of cards in rooms; members choose their own
    claim_minutes: int = Field(default=30, ge=1, le=1440)
    poll_seconds: int = Field(default=60, ge=1, le=3600)  #: between looks for comments where nothing streams
    data: Path = Path("data")  #: folder of the archive, and of the database unless `database` says otherwise
    engine: Literal["embedded", "procrastinate"] = "embedded"  #: what works deliveries
    secret_key: SecretKey = SecretStr("")  #: seals the tokens of connected accounts; without it none is stored
    database: SecretStr = SecretStr("")  #: sqlite:///path or postgresql://…; empty: SQLite in `data`

    @model_validator(mode="after")
    def _engine_needs(self) -> Self:
        if self.engine == "procrastinate" and not self.database.get_secret_value().startswith("postgresql"):
            raise ValueError("the engine procrastinate needs PostgreSQL: set `database`, or leave it embedded")
        return self

    @field_validator("zone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone!r} is no IANA time zone; write it like Europe/Rome")
        return zone

    @field_validator("language")
    @classmethod
    def _language(cls, language: str) -> str:
        if language not in languages():
            raise ValueError(f"there is no catalogue for {language!r}; choose one of {', '.join(languages())}")
        return language

    @field_validator("database")
    @classmethod
    def _database(cls, database: SecretStr) -> SecretStr:
        if database.get_secret_value() and not DATABASE.fullmatch(database.get_secret_value()):
            raise ValueError("write sqlite:///path/to/file or postgresql://name:password@host/database")
        _of_a_server(database.get_secret_value())
        return database


class Logs(Section):
    """What is logged."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Settings(Section):
    """All of it. `bot.config.load` reads it from config.toml and the environment."""

    desk: DeskSettings = DeskSettings()
    slack: Slack = Slack()
    telegram: Telegram = Telegram()
    apps: Mapping[str, AppSettings] = {}  #: by platform
    accounts: Mapping[str, AccountSettings] = {}
    policy: Policy = Policy()
    boosts: BoostSettings = BoostSettings()
    members: tuple[MemberSettings, ...] = ()
    web: Web = Web()
    shelf: ShelfSettings = ShelfSettings()
    alerts: AlertSettings = AlertSettings()
    metrics: MetricsSettings = MetricsSettings()
    log: Logs = Logs()

    @field_validator("accounts")
    @classmethod
    def _names(cls, accounts: Mapping[str, AccountSettings]) -> Mapping[str, AccountSettings]:
        for name in accounts:
            if not ACCOUNT_NAME.fullmatch(name):
                raise ValueError(f"account {name!r}: use up to 40 small letters, digits and single _, a letter first")
        return accounts

    @field_validator("members")
    @classmethod
    def _each_once(cls, members: tuple[MemberSettings, ...]) -> tuple[MemberSettings, ...]:
        for what, key in (("name", "name"), ("Slack id", "slack"), ("Telegram id", "telegram")):
            given = [str(value).casefold() for member in members if (value := getattr(member, key))]
            twice = next((value for value in given if given.count(value) > 1), None)
            if twice is not None:
                raise ValueError(f"two members have the {what} {twice!r}; make them one, or mend one of them")
        return members

    @field_validator("metrics")
    @classmethod
    def _its_own_door(cls, metrics: MetricsSettings, given: ValidationInfo) -> MetricsSettings:
        web = given.data.get("web")
        if (
            web
            and web.enabled
            and metrics.enabled
            and metrics.port
            and (web.host, web.port) == (metrics.host, metrics.port)
        ):
            raise ValueError("host and port are those of [web]; give the metrics another port")
        return metrics

    @property
    def database_url(self) -> str:
        """Where the rows are."""
        return self.desk.database.get_secret_value() or f"sqlite:///{(self.desk.data / 'bottega.db').absolute()}"

    @property
    def media_folder(self) -> Path:
        """Where the archive's files are."""
        return self.desk.data / "media"

    @property
    def claim(self) -> timedelta:
        """How long a taken comment stays held."""
        return timedelta(minutes=self.desk.claim_minutes)

    @property
    def alert_thresholds(self) -> Alerts:
        """From when on trouble is told."""
        late, unsure = timedelta(minutes=self.alerts.late_minutes), timedelta(minutes=self.alerts.unsure_minutes)
        return Alerts(late, unsure, self.alerts.unsure_count)

    def policy_of(self, account: str) -> Policy:
        """The desk's policy with what differs for the account."""
        own = self.accounts[account].policy
        return self.policy.with_own(own) if own else self.policy

    @property
    def hosts(self) -> frozenset[str]:
        """Of our accounts' servers and of this desk: what looks like one of them and is another is warned of."""
        urls = [*(account.base_url for account in self.accounts.values()), self.web.public_url]
        return frozenset(url.host for url in urls if url is not None and url.host)

    def secrets(self) -> list[str]:
        """Every configured secret, so that the log never shows one."""
        slack, telegram = self.slack, self.telegram
        found = [slack.bot_token, slack.app_token, slack.signing_secret, telegram.token, telegram.webhook_secret]
        found += [self.metrics.token, self.shelf.secret]
        found += [secret for account in self.accounts.values() for secret in (account.token, account.ads_token)]
        found += [secret for app in self.apps.values() for secret in (app.secret, app.verify_token)]
        found += [SecretStr(key) for key in keys_in(self.desk.secret_key)]
        password = urlsplit(self.desk.database.get_secret_value()).password or ""
        return [secret for secret in (*(f.get_secret_value() for f in found), password, unquote(password)) if secret]

    def places(self, kind: Literal["review", "inbox"]) -> tuple[Place, ...]:
        """The review or inbox places, one per connected chat that has one."""
        found = []
        if self.slack.is_on and (room := getattr(self.slack, kind)):
            found.append(Place(chat="slack", room=room))
        if self.telegram.is_on and (typed := getattr(self.telegram, kind)):
            room, _, topic = typed.partition("/")
            found.append(Place(chat="telegram", room=room, thread=topic))
        return tuple(found)
