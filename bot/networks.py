"""What the platform folders offer to the rest of `bot`: adapters of our accounts, and the logins that connect them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from bot.appsettings import AppSettings, keys_in
from bot.section import Url
from bot.settings import Settings
from bot.vault import Vault, digest, fingerprint
from handlers.setup import LoginOffer, OurAccount
from models.credential import Found
from platforms.contract import Shelf
from platforms.registry import specs
from platforms.spec import App, Grant, Keys, Login, Spec, Watch, unwatched

#: Where a network sends the browser of a person whose desk has no public address: the page does not open, but its
#: address has the code, and can be pasted.
NOWHERE = "https://localhost"
#: Names of an account's tokens where they are sealed.
TOKEN, ADS_TOKEN = "token", "ads_token"
NOTHING: Mapping[str, str] = {}


def path_of(platform: str) -> str:
    """Where on [web] the network sends a person back to."""
    return f"/oauth/{platform}"


def server_of(address: str) -> str:
    """Which server of a network with several an address leads to: its host, the port unless it is the scheme's own."""
    parts = urlsplit(address.lower())
    port = {"http": 80, "https": 443}.get(parts.scheme)
    host = parts.hostname or ""
    return (host if parts.port in {None, port} else f"{host}:{parts.port}") + parts.path.rstrip("/")


def every() -> dict[str, Spec]:
    """The networks there are, by name."""
    return {found.name: found for found in specs()}


def app_of(
    settings: Settings, networks: Mapping[str, Spec], platform: str, base_url: Url | None = None
) -> AppSettings | None:
    """The team's app at a network; where it has none there, that of the network whose app serves it too.

    The latter only for accounts at that network's own address; `base_url`: the account's, None for the documented one.
    """
    if own := settings.apps.get(platform):
        return own
    lender = networks.get(networks[platform].app)
    lent = settings.apps.get(lender.name) if lender else None
    if lender is None or lent is None:
        return None
    return lent if _text(base_url) in {"", _text(lent.base_url) or lender.base_url} else None


@dataclass(frozen=True)
class Builder:
    """Builds our accounts with their adapters."""

    settings: Settings
    watch: Callable[[str], Watch] = lambda _account: unwatched
    shelf: Shelf | None = None
    networks: Mapping[str, Spec] = field(default_factory=every)

    def __call__(self, name: str, tokens: Mapping[str, str] = NOTHING, version: int = 0) -> OurAccount:
        """The account of config.toml with these tokens, each that is not among them being that of the settings.

        `version` of the credential that was looked at, whether or not it is what counts.
        """
        own = self.settings.accounts[name]
        kind = self.networks[own.platform]
        app = app_of(self.settings, self.networks, own.platform, own.base_url)
        told, ads_told = own.token.get_secret_value(), own.ads_token.get_secret_value()
        keys = Keys(
            token=tokens.get(TOKEN, told),
            ads_token=tokens.get(ADS_TOKEN, ads_told),
            app_id=app.id if app else "",
            app_secret=app.secret.get_secret_value() if app else "",
        )
        address = _text(own.base_url) or _text(app.base_url if app else None) or kind.base_url
        seals = keys_in(self.settings.desk.secret_key)
        decisive = [own.platform, address, keys.token, *(f"{k}={own.options[k]}" for k in sorted(own.options))]
        return OurAccount(
            name=name,
            title=own.title or name,
            platform=kind.connect(
                base_url=address,
                keys=keys,
                options=own.options,
                watch=self.watch(name),
                shelf=self.shelf,
            ),
            policy=self.settings.policy_of(name),
            preselected=own.preselected,
            has_token=bool(keys.token),
            version=version,
            told=digest(told),
            ads_told=digest(ads_told),
            is_paid_by_settings=bool(ads_told) and ADS_TOKEN not in tokens,
            server="" if kind.base_url else server_of(address),
            fingerprint=partial(fingerprint, seals[0] if seals else "", decisive),
        )

    def all(self) -> dict[str, OurAccount]:
        """Every account of config.toml, with the token of the settings."""
        return {name: self(name) for name in self.settings.accounts}


class NoApp(Exception):
    """The team has not registered an app at the network."""


@dataclass(frozen=True)
class Logins:
    """The networks at which a person's consent connects an account, through this desk's own apps.

    What they give comes out sealed. Everything that speaks to a network raises what the platform contract says.
    """

    settings: Settings
    vault: Vault
    networks: Mapping[str, Spec] = field(default_factory=every)

    @property
    def known(self) -> dict[str, Login]:
        """Platform -> its login, of those that have one."""
        return {name: found.login for name, found in self.networks.items() if found.login}

    @property
    def apps(self) -> dict[str, AppSettings]:
        """Platform -> the team's app that serves it, of those that have one."""
        served = {name: app_of(self.settings, self.networks, name) for name in self.networks}
        return {name: app for name, app in served.items() if app}

    def offers(self) -> dict[str, LoginOffer]:
        """What handlers may know of them."""
        public = self.settings.web.public_url is not None
        return {
            name: LoginOffer(
                title=self.networks[name].title,
                scopes=login.scopes,
                has_app=name in self.apps,
                has_key=self.vault.has_key,
                address=partial(self.consent, name) if public else None,
            )
            for name, login in self.known.items()
        }

    def app(self, platform: str) -> App:
        """The team's app there, with the login's documented addresses where it names none. Raises NoApp."""
        own, login = self.apps.get(platform), self.known[platform]
        if own is None:
            raise NoApp(platform)
        return App(
            id=own.id,
            secret=own.secret.get_secret_value(),
            base_url=_text(own.base_url) or self.networks[platform].base_url,
            login_url=_text(own.login_url) or login.login_url,
            exchange_url=_text(own.exchange_url) or login.exchange_url,
            advertises=any(
                account.platform == platform and account.options.get("ad_account")
                for account in self.settings.accounts.values()
            ),
        )

    def steps(self, platform: str) -> tuple[str, ...]:
        """How a team gets access to the network, in numbered steps."""
        return self.networks[platform].setup

    def redirect(self, platform: str) -> str:
        """Where the network sends the person back to; it must be registered there, letter by letter."""
        return (_text(self.settings.web.public_url) or NOWHERE) + path_of(platform)

    def consent(self, platform: str, secret: str) -> str:
        """The address at which a person agrees; `secret` comes back with them. Raises NoApp."""
        return self.known[platform].consent(self.app(platform), self.redirect(platform), secret)

    def exchange(self, platform: str, code: str) -> tuple[Found, ...]:
        """What a code gives. Raises AccessLost where it is used or too old, NoApp, Unsealable."""
        given = self.known[platform].exchange(self.app(platform), code, self.redirect(platform))
        return tuple(self._sealed(grant) for grant in given)

    def take(self, platform: str, token: str) -> tuple[Found, ...]:
        """What a token that a person brought gives, made as lasting as the network allows."""
        return tuple(self._sealed(grant) for grant in self.known[platform].take(self.app(platform), token))

    def renew(self, platform: str, sealed: str) -> tuple[str, datetime | None] | None:
        """What was sealed, with a fresher token, and its end; None where this kind of token needs no renewal.

        Raises AccessLost, TryLater, NoApp, Unopenable.
        """
        tokens = self.vault.open(sealed)
        fresh = self.known[platform].renew(self.app(platform), tokens[TOKEN])
        return None if fresh is None else (self.vault.seal(tokens | {TOKEN: fresh[0]}), fresh[1])

    def _sealed(self, grant: Grant) -> Found:
        tokens = {TOKEN: grant.token} | ({ADS_TOKEN: grant.ads_token} if grant.ads_token else {})
        return Found(
            remote_id=grant.remote_id,
            handle=grant.handle,
            name=grant.name,
            sealed=self.vault.seal(tokens),
            missing=grant.missing,
            expires_at=grant.expires_at,
        )


def _text(url: Url | None) -> str:
    """As it was written: an address without a path has none."""
    return str(url).rstrip("/") if url else ""
