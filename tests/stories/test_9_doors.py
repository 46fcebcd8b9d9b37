"""A desk on Instagram: its files are fetched through its own door, and what the public writes comes in there."""

import socket
from collections.abc import Iterator

import pytest
import requests

from sandbox.meta.server import MetaSandbox
from sandbox.slack.person import content
from support.files import picture
from support.meta_desk import APP, KEY, SECRET
from support.patience import PATIENCE
from support.platform_instagram import ACCOUNT
from support.platform_running import running
from support.stage import Stage
from support.story import open_desk
from support.team import Json, Team, code_of, newest, read
from support.world import World

VERIFY = "a-word-of-ours"


@pytest.fixture
def meta() -> Iterator[Stage]:
    with running(MetaSandbox()) as address:
        yield Stage(address)


def environ(meta: Stage, port: int) -> dict[str, str]:
    """An Instagram account behind its Page, by Facebook's app, and a desk that asks for comments once an hour."""
    return {
        "BOTTEGA_DESK__SECRET_KEY": KEY,
        "BOTTEGA_DESK__POLL_SECONDS": "3600",
        "BOTTEGA_WEB__PORT": str(port),
        "BOTTEGA_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
        "BOTTEGA_APPS__FACEBOOK__ID": APP,
        "BOTTEGA_APPS__FACEBOOK__SECRET": SECRET,
        "BOTTEGA_APPS__FACEBOOK__VERIFY_TOKEN": VERIFY,
        "BOTTEGA_APPS__FACEBOOK__BASE_URL": f"{meta.address}/facebook",
        "BOTTEGA_ACCOUNTS__GRAM__PLATFORM": "instagram",
        "BOTTEGA_ACCOUNTS__GRAM__TOKEN": "sandbox-page-token",
    }


def on_instagram(meta: Stage) -> Json:
    """The one publication that stands."""
    (account,) = [a for a in meta.state()["instagram"]["accounts"] if a["id"] == ACCOUNT]
    (media,) = account["media"]
    found: Json = media
    return found


def test_a_picture_is_fetched_from_the_desk_and_comments_come_to_it(world: World, meta: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with open_desk(world, environ=environ(meta, port), gram=1) as team:
        team.until(lambda: meta.requests("POST */subscribed_apps"), "the desk to ask for calls")
        subscribe(meta, f"http://127.0.0.1:{port}/hooks/instagram")
        code = published(team)
        stands = on_instagram(meta)
        assert stands["text"] == "Fresh bread"
        assert [file["alt"] for file in stands["files"]] == ["A teal loaf"]
        team.until(
            lambda: [c["text"] for c in on_instagram(meta)["comments"]] == ["We open at seven."], "the first comment"
        )
        team.until_thread(code, f"The first comment of {code} stands on gram.")

        meta.act("instagram/comment", **{"as": "nora", "id": stands["id"], "text": "Is there rye?"})
        comment = team.until(lambda: team.comment("Is there rye?"), "Nora's comment")
        assert f"Comments on {code} · gram" in read(team.card("V1", "inbox", by=team.chiara.slack))
        team.chiara.slack.press("Hide", message=comment)
        team.until(lambda: "hidden" in read(team.comment("Is there rye?") or {}), "the comment to be hidden")
        assert [c["hidden"] for c in on_instagram(meta)["comments"] if c["text"] == "Is there rye?"] == [True]


def subscribe(meta: Stage, callback: str) -> None:
    """The owner of the app tells Meta our address, which is verified at once."""
    wanted = {"object": "instagram", "callback_url": callback, "verify_token": VERIFY, "fields": "comments,mentions"}
    token = {"access_token": f"{APP}|{SECRET}"}
    answer = requests.post(f"{meta.address}/facebook/v26.0/{APP}/subscriptions", data=wanted | token, timeout=PATIENCE)
    assert answer.ok, answer.text


def published(team: Team) -> str:
    """Ada drafts it, Bruno agrees and publishes it; its code."""
    ada, bruno = team.ada.slack, team.bruno.slack
    ada.command("review", "/social", "post")
    ada.wait_modal()
    answered = ada.fill(
        {
            "Text": "Fresh bread",
            "Accounts": ["gram"],
            "Add pictures or a video": [content("loaf.jpg", "image/jpeg", picture("teal"))],
            "Alt text": "A teal loaf",
            "First comment": "We open at seven.",
        }
    )
    assert "closed" in answered, answered
    draft = team.until(lambda: newest(ada, "review", "Fresh bread", "· Draft"), "the draft")
    code = code_of(draft)
    ada.press("Submit", message=draft)
    team.until(lambda: team.button(code, "Approve"), "the review")
    bruno.press("Approve", message=team.card(code))
    team.until(lambda: team.button(code, "Publish now") and "· Approved" in read(team.card(code)), "the approval")
    bruno.press("Publish now", message=team.card(code))
    team.until_card(code, "· Published")
    return code
