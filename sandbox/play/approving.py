"""Chapter two: two approvals, one in each chat; an edit voids them and shows what changed."""

from sandbox.play.drafting import TEXT
from sandbox.play.scene import LONG, PATIENCE, REVIEW, Scene, see
from sandbox.play.telling import Chapter, Step
from sandbox.slack.person import all_text

EDITED = "Our doors are open on Sunday. Come and see how a book is bound."


def submit(scene: Scene) -> None:
    """The card appears in the review room of both chats."""
    code = scene.known["post"]
    scene.slack("Ada").press("Submit", message=scene.slack_card("Ada", code, "Draft"))
    scene.slack_card("Chiara", code, "In review")
    scene.telegram_card("Bruno", code, "In review", "Approve")


def approve(scene: Scene) -> None:
    """Bruno's vote from Telegram counts in Slack too."""
    code = scene.known["post"]
    shown = scene.telegram_card("Bruno", code, "Approve")
    scene.known["outdated"] = next(b["data"] for row in shown["keyboard"] for b in row if b["label"] == "Approve")
    scene.desk("Bruno", REVIEW).press("Approve", shown)
    scene.slack_card("Chiara", code, "1 of 2", "Bruno")


def own(scene: Scene) -> None:
    """Ada may not approve at all; she is told who can."""
    code = scene.known["post"]
    ada = scene.slack("Ada")
    ada.press("Approve", message=scene.slack_card("Ada", code, "In review"))
    ada.wait_for(lambda: [m for m in ada.everything() if m["ephemeral"]] or None, PATIENCE, "a refusal only for Ada")
    see("1 of 2" in all_text(scene.slack_card("Ada", code)), "Ada's own approval counted")


def edit(scene: Scene) -> None:
    """Ada changes a word; the approvals are void and the thread shows the difference."""
    code = scene.known["post"]
    ada = scene.slack("Ada")
    ada.press("Edit", message=scene.slack_card("Ada", code, "In review"))
    form = ada.wait_modal("", PATIENCE)
    see(form["values"]["text"]["text"]["value"] == TEXT, "the form does not hold the present text")
    answer = ada.fill({"Text": EDITED})
    see("errors" not in answer, f"the form was refused: {answer}")
    shown = scene.slack_card("Chiara", code, "Sunday", "revision 2")
    see("1 of 2" not in all_text(shown), "the approval still counts")
    scene.slack_thread("Chiara", code, "Saturday")
    scene.telegram_card("Bruno", code, "Sunday", "Approve")


def outdated(scene: Scene) -> None:
    """A press on the card as it was before the edit is refused with the reason."""
    code = scene.known["post"]
    bruno = scene.desk("Bruno", REVIEW)
    shown = scene.telegram_card("Bruno", code, "Sunday")
    before = {message["id"] for message in bruno.messages()}
    answer = bruno.forge(scene.known["outdated"], shown)
    if not (answer and answer["text"]):  # it came too late to stand over the button
        bruno.wait_for(lambda m: m["id"] not in before and m["text"].startswith("Bruno: "), PATIENCE)
    see("1 of 2" not in all_text(scene.slack_card("Chiara", code)), "the outdated press counted")


def quorum(scene: Scene) -> None:
    """Bruno in Telegram, Chiara in Slack: approved, shown in both."""
    code = scene.known["post"]
    scene.desk("Bruno", REVIEW).press("Approve", scene.telegram_card("Bruno", code, "Approve"))
    scene.slack("Chiara").press("Approve", message=scene.slack_card("Chiara", code, "1 of 2"))
    scene.slack_card("Ada", code, "Approved", within=LONG)
    scene.telegram_card("Bruno", code, "Approved")


CHAPTER = Chapter(
    "Two people approve, each in their own chat",
    (
        Step("Ada submits; the card is in the review rooms of Slack and Telegram", submit),
        Step("Bruno approves in Telegram; Slack shows 1 of 2", approve),
        Step("Ada may not approve; only she is told why", own),
        Step("Ada edits; the approval is void and the thread shows the difference", edit),
        Step("approving the card as it was before is refused", outdated),
        Step("Bruno in Telegram and Chiara in Slack approve; both cards say so", quorum),
    ),
)
