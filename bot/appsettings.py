"""Apps registered at networks, the key that seals what they give, and the address where they give it."""

from typing import Annotated

from cryptography.fernet import Fernet
from pydantic import AfterValidator, Field, SecretStr

from bot.section import Secret, Section, Url, shaped

#: Hosts that only this machine reaches: there a plain http address lets nobody listen.
HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})


class AppSettings(Section):
    """One app, under the name of its platform; addresses that are not given are the documented ones."""

    id: Annotated[str, AfterValidator(shaped(r"\S+", "contains a blank; copy it once more"))] = Field(min_length=1)
    secret: Secret = SecretStr("")
    verify_token: Secret = SecretStr("")  #: which the network shows when it first calls our webhook
    base_url: Url | None = None  #: of the API
    login_url: Url | None = None  #: of the consent window
    exchange_url: Url | None = None  #: where a code becomes a token


def keys_in(secret: SecretStr) -> list[str]:
    """The keys of a setting that may hold several; the first seals, all open."""
    return secret.get_secret_value().split()


def _fernet(secret: SecretStr) -> SecretStr:
    try:
        for key in keys_in(secret):
            Fernet(key)
    except ValueError as error:
        raise ValueError("is no key: take one that “bottega init --key” prints, and keep it") from error
    return SecretStr(" ".join(keys_in(secret)))


def _public(url: Url) -> Url:
    if url.scheme != "https" and url.host not in HERE:
        raise ValueError("must begin with https://: what comes back from a network may be read by nobody else")
    if (url.path or "/") != "/" or url.query or url.fragment:
        raise ValueError("write it without a path, like https://bot.example")
    return url


SecretKey = Annotated[SecretStr, AfterValidator(_fernet)]
PublicUrl = Annotated[Url, AfterValidator(_public)]
