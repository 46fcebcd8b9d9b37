"""The vault: seals tokens before they are stored. Only what is sealed ever lies in the database or in its copies."""

import hmac
import json
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot import log
from bot.faults import Fault

#: Where a new desk finds its key, and an old one gets it.
NO_KEY = (
    "There is no key to seal tokens with, so none can be stored. “bottega init --key” prints one: "
    "put it into secrets.env as BOTTEGA_DESK__SECRET_KEY, and start the bot again."
)


class Unsealable(Fault):
    """There is no key, so nothing can be stored."""


class Unopenable(Exception):
    """None of the keys opens it; the text says what to do."""


class Vault:
    """Seals with the first key, opens with any: Fernet (AES-128-CBC and HMAC-SHA256, cryptography.io "MultiFernet").

    What passes it is taken out of the log from then on.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys`: as `new_key` makes them, the newest first; none: nothing can be sealed."""
        self._all = MultiFernet([Fernet(key) for key in keys]) if keys else None
        self._first = Fernet(keys[0]) if keys else None

    @property
    def has_key(self) -> bool:
        """Whether anything can be sealed."""
        return self._all is not None

    def seal(self, tokens: dict[str, str]) -> str:
        """The tokens by their names, as text that only the keys open. Raises Unsealable."""
        if self._all is None:
            raise Unsealable(NO_KEY)
        log.hide(tokens.values())
        return self._all.encrypt(json.dumps(tokens).encode()).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """What was sealed. Raises Unopenable."""
        if self._all is None:
            raise Unopenable("BOTTEGA_DESK__SECRET_KEY, with which its token was sealed, is not set")
        try:
            tokens: dict[str, str] = json.loads(self._all.decrypt(sealed))
        except InvalidToken as error:
            raise Unopenable("its token was sealed with another key than BOTTEGA_DESK__SECRET_KEY") from error
        log.hide(tokens.values())
        return tokens

    def is_old(self, sealed: str) -> bool:
        """Whether another key than the first sealed it."""
        try:
            assert self._first is not None, "what has no key opens nothing"
            self._first.decrypt(sealed)
        except InvalidToken:
            return True
        return False


def new_key() -> str:
    """A new key: 32 random bytes in URL-safe base64."""
    return Fernet.generate_key().decode()


def digest(token: str) -> str:
    """By which a token of the settings is known again; "" where there is none."""
    return sha256(token.encode()).hexdigest() if token else ""


def fingerprint(key: str, told: Sequence[str], salt: str) -> str:
    """By which tokens, and what else is told, are known again where `key` and `salt` are: HMAC-SHA256."""
    secret = sha256(f"identity:{key}".encode()).digest() + salt.encode()
    return hmac.digest(secret, json.dumps(list(told)).encode(), "sha256").hex()
