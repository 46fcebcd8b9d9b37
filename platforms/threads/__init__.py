"""Threads: accounts by an app of Threads' own."""

from platforms.spec import Spec
from platforms.threads.adapter import CAN, Threads
from platforms.threads.check import LIMITS
from platforms.threads.login import ThreadsLogin
from platforms.threads.scopes import WANTED
from platforms.threads.webhook import ThreadsHooks

SPEC = Spec(
    name="threads",
    title="Threads",
    connect=Threads,
    can=CAN,
    limits=LIMITS,
    setup=(
        "Create an app at developers.facebook.com with the use case Access the Threads API.",
        f"Let it ask for these permissions: {' '.join(WANTED)}.",
        "Put the id and secret of the Threads app (not of the Meta app) into config.toml under [apps.threads].",
        "Set public_url in [web] and secret_key in [desk], or a bucket in [shelf]: Threads fetches files from there.",
        "Add the account as a tester of the app and accept that in its settings on Threads.",
        "Run `bottega accounts connect threads`: it opens the window and keeps the token.",
        "Run `bottega doctor`: it names the account and any scope that is missing.",
    ),
    base_url="https://graph.threads.net",
    login=ThreadsLogin(),
    hooks=ThreadsHooks(),
)
