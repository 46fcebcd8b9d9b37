"""Apps, and tokens of each kind with scopes and an end (meta.md 1); `appsecret_proof` is checked (meta.md 0.2)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sandbox.meta.errors import GraphError

if TYPE_CHECKING:
    from sandbox.meta.world import World

TokenKind = Literal["user", "page", "system_user", "app", "instagram", "threads"]

FACEBOOK_SCOPES = (
    "pages_show_list", "business_management", "pages_manage_posts", "publish_video", "pages_read_engagement",
    "pages_read_user_content", "pages_manage_engagement", "pages_manage_metadata", "read_insights", "pages_messaging",
    "pages_manage_ads", "instagram_basic", "instagram_content_publish", "instagram_manage_comments",
    "instagram_manage_insights", "instagram_manage_messages", "ads_management", "ads_read", "public_profile",
)  # fmt: skip
INSTAGRAM_SCOPES = (
    "instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_comments",
    "instagram_business_manage_messages", "instagram_business_manage_insights",
)  # fmt: skip
THREADS_SCOPES = (
    "threads_basic", "threads_content_publish", "threads_manage_replies", "threads_read_replies",
    "threads_manage_insights", "threads_manage_mentions", "threads_delete", "threads_location_tagging",
    "threads_keyword_search", "threads_profile_discovery",
)  # fmt: skip
#: Lives of tokens: a short one of a person, a long one, and how long a code may be exchanged.
SHORT, LONG, CODE_LIFE = timedelta(hours=1), timedelta(seconds=5_183_944), timedelta(hours=1)
#: A person's consent to give data runs out after so long, whatever the token says.
DATA_ACCESS = timedelta(days=90)
#: What is said of a token that ended early, by subcode (meta.md 9).
ENDED = {
    458: "Error validating access token: The user has not authorized application {app}.",
    459: "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow the "
    "instructions given.",
    460: "Error validating access token: The session has been invalidated because the user changed their password or "
    "Facebook has changed the session for security reasons.",
    467: "Error validating access token: The session is invalid because the user logged out.",
    492: "Error validating access token: Session does not match current stored session.",
}


@dataclass
class App:
    """A registered application; Instagram Login and Threads have apps and secrets of their own."""

    id: str
    secret: str
    name: str
    product: Literal["facebook", "instagram", "threads"]
    redirects: list[str] = field(default_factory=list)


@dataclass
class Token:
    """An access token. `owner` is the node it speaks for, `ended` the subcode with which it is refused."""

    value: str
    kind: TokenKind
    owner: str
    app: App
    scopes: set[str]
    at: datetime
    expires: datetime | None = None
    user: str = ""
    ended: int = 0


@dataclass
class Code:
    """What a consent window gives back, to be exchanged once."""

    value: str
    app: App
    owner: str
    redirect: str
    scopes: set[str]
    at: datetime


def proof(secret: str, token: str) -> str:
    """The appsecret_proof of a token (facebook_business/session.py)."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


class Tokens:
    """Every app, token and code."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.apps: dict[str, App] = {}
        self.all: dict[str, Token] = {}
        self.codes: dict[str, Code] = {}

    def settle(self) -> None:
        """The three apps and the ready-made tokens that tests and the demo rely on."""
        self.apps.clear()
        self.all.clear()
        self.codes.clear()
        facebook = self._app("4000000001", "sandbox-meta-secret", "facebook")
        instagram = self._app("4000000002", "sandbox-instagram-secret", "instagram")
        threads = self._app("4000000003", "sandbox-threads-secret", "threads")
        now = self.world.now()
        every = set(FACEBOOK_SCOPES)
        ready = (
            Token("sandbox-user-token", "user", "2001", facebook, every, now, now + LONG, "2001"),
            Token("sandbox-page-token", "page", "1001", facebook, every, now, None, "2001"),
            Token("sandbox-second-page-token", "page", "1002", facebook, every, now, None, "2001"),
            Token("sandbox-ads-token", "system_user", "2002", facebook, every, now, None, "2002"),
            Token("sandbox-instagram-token", "instagram", "17841400000000001", instagram, set(INSTAGRAM_SCOPES), now,
                  now + LONG, "17841400000000001"),
            Token("sandbox-threads-token", "threads", "26000000000000001", threads, set(THREADS_SCOPES), now,
                  now + LONG, "26000000000000001"),
        )  # fmt: skip
        self.all.update({token.value: token for token in ready})

    def _app(self, app_id: str, secret: str, product: Literal["facebook", "instagram", "threads"]) -> App:
        app = App(app_id, secret, "Bottega", product)
        self.apps[app.id] = app
        return app

    def issue(
        self, kind: TokenKind, owner: str, app: App, scopes: set[str], life: timedelta | None, user: str = ""
    ) -> Token:
        """A new token; `life` None: it does not end by time."""
        now = self.world.now()
        value = f"EAAB{secrets.token_urlsafe(40)}"
        made = Token(value, kind, owner, app, set(scopes), now, now + life if life else None, user or owner)
        self.all[value] = made
        return made

    def of_page(self, page_id: str, user: Token) -> Token:
        """The page token that a user token gets: the same one as before where nothing about it changed.

        From a long-lived user token it has no end of its own (meta.md 1.1), from a short one it ends with that.
        """
        long_lived = user.kind == "system_user" or user.expires is None or user.expires - user.at > SHORT
        for known in self.all.values():
            same = (known.kind, known.owner, known.user, known.app) == ("page", page_id, user.user, user.app)
            if same and known.scopes == user.scopes and not known.ended and (known.expires is None) == long_lived:
                return known
        life = None if long_lived else SHORT
        return self.issue("page", page_id, user.app, user.scopes, life, user.user)

    def code(self, app: App, owner: str, redirect: str, scopes: set[str]) -> str:
        """A code for the address that the consent window sends the person back to."""
        made = Code(secrets.token_urlsafe(30), app, owner, redirect, scopes, self.world.now())
        self.codes[made.value] = made
        return made.value

    def exchange(self, code: str, app: App, redirect: str) -> Code:
        """Use a code up. Raises GraphError 100 where it is unknown, used, old or for another app or address."""
        found = self.codes.pop(code, None)
        if found is None or found.app is not app or self.world.now() - found.at > CODE_LIFE:
            raise GraphError(100, "This authorization code has been used.", subcode=36009)
        if found.redirect != redirect:
            text = (
                "Error validating verification code. Please make sure your redirect_uri is identical to the one you "
                "used in the OAuth dialog request"
            )
            raise GraphError(100, text, subcode=36008)
        return found

    def client(self, app_id: str, secret: str) -> App:
        """The app that these credentials are of. Raises GraphError 101 or 1."""
        app = self.apps.get(app_id)
        if app is None:
            raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
        if not secrets.compare_digest(app.secret.encode(), secret.encode()):
            raise GraphError(1, "Error validating client secret.")
        return app

    def find(self, value: str) -> Token:
        """The living token with that value (`app id|secret` counts too). Raises GraphError 190 with its subcode."""
        if not value:
            raise GraphError(190, "An access token is required to request this resource.", status=401)
        app_id, bar, secret = value.partition("|")
        if bar and app_id in self.apps and self.apps[app_id].secret == secret:
            return Token(value, "app", app_id, self.apps[app_id], set(), self.world.now())
        token = self.all.get(value)
        if token is None:
            raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)
        if refusal := self.refusal(token):
            raise refusal
        return token

    def refusal(self, token: Token) -> GraphError | None:
        """With what a known token is refused, or None while it is good."""
        now = self.world.now()
        if token.ended:
            text = ENDED.get(token.ended, "Error validating access token.").format(app=token.app.id)
            return GraphError(190, text, subcode=token.ended, status=401)
        if token.expires is not None and token.expires <= now:
            when = "%A, %d-%b-%y %H:%M:%S UTC"
            text = (
                f"Error validating access token: Session has expired on {token.expires.strftime(when)}. "
                f"The current time is {now.strftime(when)}."
            )
            return GraphError(190, text, subcode=463, status=401)
        return None

    def check_proof(self, token: Token, given: str | None, required: bool) -> None:
        """Raises GraphError 100 where a proof is wrong, or missing and required."""
        if given is None:
            if required and token.kind != "app":
                raise GraphError(100, "API calls from the server require an appsecret_proof argument",
                                 type="GraphMethodException")  # fmt: skip
            return
        if not hmac.compare_digest(proof(token.app.secret, token.value).encode(), given.encode()):
            text = "Invalid appsecret_proof provided in the API argument"
            raise GraphError(100, text, type="GraphMethodException")
