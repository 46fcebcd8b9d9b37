"""Instagram: professional accounts, by their Page or by Instagram Login."""

from platforms.instagram.adapter import CAN, Instagram
from platforms.instagram.check import LIMITS
from platforms.instagram.login import InstagramLogin
from platforms.instagram.scopes import PAGE
from platforms.instagram.webhook import InstagramHooks
from platforms.spec import Spec

SPEC = Spec(
    name="instagram",
    title="Instagram",
    connect=Instagram,
    can=CAN,
    limits=LIMITS,
    setup=(
        "Make the Instagram account a professional one and link it to your Facebook Page (Instagram app, Settings).",
        "Create an app of type Business at developers.facebook.com and add the products Instagram and Facebook Login.",
        f"Let it ask for these permissions: {' '.join(PAGE)}.",
        "Put the app's id and secret into config.toml under [apps.facebook], and our callback's address into the app.",
        "Set public_url in [web] and secret_key in [desk], or a bucket in [shelf]: Instagram fetches files from there.",
        "Run `bottega accounts connect instagram`: it opens the window and lists every account behind your Pages.",
        "Run `bottega doctor`: it names the account and any scope that is missing.",
    ),
    base_url="https://graph.facebook.com",
    login=InstagramLogin(),
    hooks=InstagramHooks(),
    app="facebook",  # through the Page; Instagram Login has one of its own
)
