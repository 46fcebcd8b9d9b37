"""Mastodon and servers that speak its protocol (GoToSocial, Pleroma, Akkoma and others)."""

from platforms.mastodon.adapter import CAN, Mastodon
from platforms.mastodon.scopes import WANTED
from platforms.mastodon.wire import LIMITS
from platforms.spec import Spec

SPEC = Spec(
    name="mastodon",
    title="Mastodon",
    connect=Mastodon,
    can=CAN,
    limits=LIMITS,
    setup=(
        "Sign in to your server in a browser with the account that shall post.",
        "Open Preferences, then Development, then New application.",
        "Name it Bottega and leave the redirect address as it is.",
        f"Tick these scopes: {' '.join(WANTED)}.",
        "Submit, open the application and copy *Your access token*; it does not expire.",
        "Put the server's address into config.toml as base_url, and the token into BOTTEGA_ACCOUNTS__NAME__TOKEN.",
        "Run `bottega doctor`: it names the account and any scope that is missing.",
    ),
)
