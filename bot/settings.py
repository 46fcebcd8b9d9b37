"""Everything that can be set, with its type and its limits; every outside address is a setting."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from handlers.intents import Place
from models.approval import Policy
from models.member import Role

#: Characters of the longest account name.
MOST_NAME = 40
Url = AnyHttpUrl


class Section(BaseModel):
    """Base of the sections: an unknown key is a typo."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Slack(Section):
    """The Slack workspace."""

    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")  #: for Socket Mode
    signing_secret: SecretStr = SecretStr("")  #: for HTTP
    mode: Literal["socket", "http"] = "socket"
    api_url: Url = Url("https://slack.com/api/")
    command: str = Field(default="/social", pattern=r"^/[a-z0-9_-]{1,31}$")
    review: str = ""  #: channel id where posts are reviewed
    inbox: str = ""  #: channel id where comments arrive

    @property
    def is_on(self) -> bool:
        """Whether Slack is connected at all."""
        return bool(self.bot_token.get_secret_value())

    @model_validator(mode="after")
    def _complete(self) -> "Slack":
        if self.is_on and self.mode == "socket" and not self.app_token.get_secret_value():
            raise ValueError("app_token is missing: Socket Mode needs the app-level token (xapp-…) beside bot_token")
        if self.is_on and self.mode == "http" and not self.signing_secret.get_secret_value():
            raise ValueError("signing_secret is missing: HTTP mode verifies every request with it")
        return self


class Telegram(Section):
    """The Telegram bot."""

    token: SecretStr = SecretStr("")
    mode: Literal["polling", "webhook"] = "polling"
    api_url: Url = Url("https://api.telegram.org")
    webhook_url: Url | None = None  #: public address that Telegram calls, when mode is webhook
    webhook_secret: SecretStr = SecretStr("")
    review: str = Field(default="", pattern=r"^(-?\d+(/\d+)?)?$")  #: chat id, or chat id/topic id
    inbox: str = Field(default="", pattern=r"^(-?\d+(/\d+)?)?$")

    @property
    def is_on(self) -> bool:
        """Whether Telegram is connected at all."""
        return bool(self.token.get_secret_value())

    @model_validator(mode="after")
    def _complete(self) -> "Telegram":
        if self.mode == "webhook" and not (self.webhook_url and self.webhook_secret.get_secret_value()):
            raise ValueError("webhook_url and webhook_secret are needed when mode is webhook")
        return self


class AccountSettings(Section):
    """One of our accounts."""

    platform: str
    base_url: Url | None = None  #: the network's address; needed for federated networks
    token: SecretStr = SecretStr("")
    title: str = ""  #: how cards call it; empty: its name
    options: Mapping[str, Any] = {}  #: what only this platform knows
    policy: Policy | None = None  #: empty: the desk's [policy]


class MemberSettings(Section):
    """A member who is there from the start; at least the first admin. Later ones are added in chat."""

    name: str = Field(min_length=1, max_length=100)
    roles: tuple[Role, ...] = (Role.ADMIN,)
    slack: str = ""  #: Slack member id, U…
    telegram: int | None = None  #: Telegram numeric id


class Web(Section):
    """The port for webhooks, health and media; opened only where something needs it."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    enabled: bool = False  #: health and metrics even where no webhook needs the port


class DeskSettings(Section):
    """What concerns the team as a whole."""

    name: str = "Bottega"
    zone: str = "UTC"
    language: str = "en"  #: of cards in rooms; members choose their own
    claim_minutes: int = Field(default=30, ge=1, le=1440)
    poll_seconds: int = Field(default=60, ge=1, le=3600)  #: between looks for comments where nothing streams
    data: Path = Path("data")  #: folder of the archive, and of the database unless `database` says otherwise
    database: str = ""  #: sqlite:///path or postgresql://…; empty: SQLite in `data`

    @field_validator("zone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone!r} is no IANA time zone; write it like Europe/Rome")
        return zone


class Logs(Section):
    """What is logged."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Settings(Section):
    """All of it. `bot.config.load` reads it from config.toml and the environment."""

    desk: DeskSettings = DeskSettings()
    slack: Slack = Slack()
    telegram: Telegram = Telegram()
    accounts: Mapping[str, AccountSettings] = {}
    policy: Policy = Policy()
    members: tuple[MemberSettings, ...] = ()
    web: Web = Web()
    log: Logs = Logs()

    @field_validator("accounts")
    @classmethod
    def _names(cls, accounts: Mapping[str, AccountSettings]) -> Mapping[str, AccountSettings]:
        for name in accounts:
            if not (
                name.isascii() and name.replace("_", "").isalnum() and name == name.lower() and len(name) <= MOST_NAME
            ):
                raise ValueError(f"account {name!r}: use up to {MOST_NAME} small letters, digits and _")
        return accounts

    @property
    def database_url(self) -> str:
        """Where the rows are."""
        return self.desk.database or f"sqlite:///{(self.desk.data / 'bottega.db').absolute()}"

    @property
    def media_folder(self) -> Path:
        """Where the archive's files are."""
        return self.desk.data / "media"

    @property
    def claim(self) -> timedelta:
        """How long a taken comment stays held."""
        return timedelta(minutes=self.desk.claim_minutes)

    def secrets(self) -> list[str]:
        """Every configured secret, so that the log never shows one."""
        slack, telegram = self.slack, self.telegram
        found = [slack.bot_token, slack.app_token, slack.signing_secret, telegram.token, telegram.webhook_secret]
        found += [account.token for account in self.accounts.values()]
        return [secret.get_secret_value() for secret in found if secret.get_secret_value()]

    def places(self, kind: Literal["review", "inbox"]) -> tuple[Place, ...]:
        """The review or inbox places, one per connected chat that has one."""
        found = []
        if self.slack.is_on and (room := getattr(self.slack, kind)):
            found.append(Place(chat="slack", room=room))
        if self.telegram.is_on and (typed := getattr(self.telegram, kind)):
            room, _, topic = typed.partition("/")
            found.append(Place(chat="telegram", room=room, thread=topic))
        return tuple(found)
