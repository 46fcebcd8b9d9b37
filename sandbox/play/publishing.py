"""Chapters three and four: the hour, the network, a lost answer that is not doubled, and a refusal with Retry."""

import json

from sandbox.play.approving import EDITED
from sandbox.play.drafting import ALT, ITALIAN
from sandbox.play.scene import LONG, PATIENCE, REVIEW, Scene, code_in, see
from sandbox.play.telling import Chapter, Step
from sandbox.slack.person import all_text

REFUSED = "Tickets are free, the bread is ours."
STATUSES = "POST /api/v1/statuses"


def schedule(scene: Scene) -> None:
    """The form takes words and the card says the whole date back."""
    code = scene.known["post"]
    bruno = scene.slack("Bruno")
    bruno.press("Schedule", message=scene.slack_card("Bruno", code, "Approved"))
    bruno.wait_modal("", PATIENCE)
    answer = bruno.fill({"When": "tomorrow 9"})
    see("errors" not in answer, f"the time was refused: {answer}")
    card = scene.slack_card("Bruno", code, "Scheduled", "09:00")
    see(any(day in all_text(card) for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")), "no weekday is shown")


def queue(scene: Scene) -> None:
    """What is coming, in Telegram."""
    bruno = scene.private("Bruno")
    bruno.start()
    bruno.command("queue")
    bruno.wait_for(
        lambda m: m["from"]["is_bot"] and scene.known["post"] in m["text"] and "09:00" in m["text"], PATIENCE
    )


def publish(scene: Scene) -> None:
    """Published now, exactly once, with the words for those who cannot see the photo; the card links to it."""
    code = scene.known["post"]
    scene.slack("Bruno").press("Publish now", message=scene.slack_card("Bruno", code, "Scheduled"))
    post = scene.wait_published(EDITED)
    see([m["description"] for m in post["media"]] == [ALT], f"the alt text is {post['media']}")
    scene.known["published"] = post["id"]
    card = scene.slack_card("Ada", code, "Published")
    see(post["url"] in json.dumps(card["blocks"]), "the card has no link to the post")
    scene.telegram_card("Bruno", code, "Published", post["url"])


def lost(scene: Scene) -> None:
    """The network acts and its answer is lost: the post is looked up, not sent again."""
    code = scene.known["italian"]
    scene.private("Ada").press("Submit", scene.private("Ada").wait_text(f"{code} · Draft", PATIENCE))
    scene.desk("Bruno", REVIEW).press("Approve", scene.telegram_card("Bruno", code, "Approve"))
    shown = scene.slack_card("Bruno", code, "Approved")
    scene.disturb(STATUSES, "drop_after")
    scene.slack("Bruno").press("Publish now", message=shown)
    scene.slack_card("Ada", code, "Published", within=LONG)
    scene.wait_published(ITALIAN, account="acme_it")


def refused(scene: Scene) -> None:
    """What the network refuses is shown with its words, and a Retry that works."""
    ada = scene.slack("Ada")
    ada.command("review", "/social", "post")
    ada.wait_modal("New post", PATIENCE)
    ada.fill({"Text": REFUSED, "Accounts": ["acme_it"]})
    code = code_in(all_text(ada.wait_message("review", REFUSED, PATIENCE)))
    ada.press("Submit", message=scene.slack_card("Ada", code, "Draft"))
    scene.slack("Chiara").press("Approve", message=scene.slack_card("Chiara", code, "In review"))
    body = json.dumps({"error": "Validation failed: This is not the day for bread"})
    scene.disturb(STATUSES, "status", status=422, body=body, headers={"Content-Type": "application/json"})
    bruno = scene.slack("Bruno")
    bruno.press("Publish now", message=scene.slack_card("Bruno", code, "Approved"))
    shown = scene.slack_card("Bruno", code, "Retry")
    see("bread" in json.dumps(scene.slack("Bruno").screen()), "the network's words are not shown")
    bruno.press("Retry", message=shown)
    scene.slack_card("Bruno", code, "Published")
    scene.wait_published(REFUSED, account="acme_it")


CHAPTERS = (
    Chapter(
        "The hour",
        (
            Step("Bruno schedules for “tomorrow 9”; the card says the whole date back", schedule),
            Step("the queue in Telegram has it", queue),
        ),
    ),
    Chapter(
        "On the network",
        (
            Step("Bruno publishes now: once, with alt text, and both cards link to it", publish),
            Step("an answer is lost on the way; the post is found and not sent twice", lost),
            Step("a refusal is shown with the network's words; Retry publishes once", refused),
        ),
    ),
)
