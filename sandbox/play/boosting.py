"""Chapters on a Facebook Page: a post there, a comment that is heard at once, and money behind the post."""

from typing import Any

from sandbox.play.drafting import after, labels
from sandbox.play.scene import LONG, PATIENCE, Scene, code_in, see
from sandbox.play.telling import Chapter, Step
from sandbox.slack.person import all_text

TEXT = "Bread with our own sourdough, every day from seven."
QUESTION = "Do you keep one for me until eight?"
BUDGET, HOURS = "20", 12
#: Most questions that a boost may take in Telegram.
MOST_QUESTIONS = 15


def on_the_page(scene: Scene) -> None:
    """Drafted, approved and published as any post; the public sees it on the Page."""
    ada = scene.slack("Ada")
    ada.command("review", "/social", "post")
    ada.wait_modal("New post", PATIENCE)
    answer = ada.fill({"Text": TEXT, "Accounts": ["bakery"]})
    see("errors" not in answer, f"the form was refused: {answer}")
    scene.known["bread"] = code = code_in(all_text(ada.wait_message("review", TEXT, PATIENCE)))
    ada.press("Submit", message=scene.slack_card("Ada", code, "Draft"))
    bruno = scene.slack("Bruno")
    bruno.press("Approve", message=scene.slack_card("Bruno", code, "In review"))
    bruno.press("Publish now", message=scene.slack_card("Bruno", code, "Approved"))
    scene.slack_card("Ada", code, "Published", within=LONG)
    posts = [post for post in scene.public("nora").page()["posts"] if TEXT in post["text"]]
    see(len(posts) == 1, f"{len(posts)} posts on the Page say it")
    scene.known["on the page"] = posts[0]["id"]


def heard(scene: Scene) -> None:
    """Facebook calls the desk, and the card is in the inbox (in Telegram's once the group may hear more again)."""
    scene.public("nora").comment(scene.known["on the page"], QUESTION)
    chiara = scene.slack("Chiara")
    chiara.wait_for(lambda: QUESTION in str(chiara.messages("inbox")) or None, PATIENCE, "Nora's question in #inbox")


def wish(scene: Scene) -> None:
    """Ada is asked question by question, and takes what is proposed but for the budget."""
    ada = scene.private("Ada")
    asked = ada.command("boost", scene.known["bread"])
    ada.reply(ada.wait_for(after(asked, "Budget"), PATIENCE), BUDGET)
    for number in range(2, MOST_QUESTIONS):
        shown = ada.wait_for(after(asked, f"Question {number} of", "· In review"), PATIENCE)
        if "· In review" in shown["text"]:
            break
        ada.press("Keep it" if "Keep it" in labels(shown) else "Skip", shown)
    scene.known["boost"] = code = code_in(shown["text"], "B")
    scene.slack_card("Chiara", code, "€20.00 in all", "2 buyers")
    see(not boosts(scene), "an ad was ordered before anybody agreed")


def agree(scene: Scene) -> None:
    """Two buyers agree in Slack, and not before that is anything ordered; then it runs."""
    code = scene.known["boost"]
    scene.slack("Bruno").press("Approve", message=scene.slack_card("Bruno", code, "2 buyers"))
    shown = scene.slack_card("Chiara", code, "1 buyer")
    see(not boosts(scene), "an ad was ordered before the second agreed")
    scene.slack("Chiara").press("Approve", message=shown)
    scene.slack_card("Ada", code, "Running", within=LONG)
    found = boosts(scene)
    see(len(found) == 1, f"there are {len(found)} ads")
    see((found[0]["badge"], found[0]["shown"]) == ("boosted", scene.known["on the page"]), f"the ad is {found[0]}")


def spend(scene: Scene) -> None:
    """Hours go by at Meta, and the meter moves."""
    scene.public("nora").later(HOURS)
    (found,) = boosts(scene)
    see(0 < found["spent"] < found["lifetime_budget"], f"{found['spent']} of {found['lifetime_budget']} is spent")


def stop(scene: Scene) -> None:
    """Dario stops it; from then on not a cent is spent."""
    code = scene.known["boost"]
    scene.slack("Dario").press("Stop", message=scene.slack_card("Dario", code, "Running"))
    scene.slack_card("Ada", code, "Stopped", within=LONG)
    before = boosts(scene)
    scene.public("nora").later(HOURS)
    see(all(ad["badge"] != "boosted" for ad in before), f"the ad is {before}")
    see([ad["spent"] for ad in boosts(scene)] == [ad["spent"] for ad in before], "money went after the stop")


def boosts(scene: Scene) -> list[dict[str, Any]]:
    """Every ad of the pretend ad account, with its badge and its meter."""
    found: list[dict[str, Any]] = scene.public("nora").state()["ads"]["boosts"]
    return found


CHAPTERS = (
    Chapter(
        "On Facebook",
        (
            Step("a post is approved and published on the Page", on_the_page),
            Step("Nora comments there; Facebook calls, and the card is in the inbox", heard),
        ),
    ),
    Chapter(
        "Money behind the post",
        (
            Step("Ada wishes for a boost in Telegram, question by question; nothing is ordered yet", wish),
            Step("Bruno and Chiara agree in Slack; one ad runs", agree),
            Step("hours go by, and money is spent", spend),
            Step("Dario stops it; nothing more is spent", stop),
        ),
    ),
)
