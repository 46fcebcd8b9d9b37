"""Chapter one: drafts, in a form and question by question."""

from collections.abc import Callable

from sandbox.play.scene import PATIENCE, Scene, code_in, picture, see
from sandbox.play.telling import Chapter, Step
from sandbox.slack.person import all_text, content
from sandbox.telegram.person import Message

TEXT = "Our doors are open on Saturday. Come and see how a book is bound."
ALT = "A workbench in the evening light"
ITALIAN = "Sabato la bottega è aperta a tutti."
#: Where the Italian words do not belong.
NOT_ITALIAN = ("acme", "bakery", "bakery_ig")
#: Most questions that one post may take in Telegram.
MOST_QUESTIONS = 8


def in_slack(scene: Scene) -> None:
    """Ada fills in the form that `/social post` opens."""
    ada = scene.slack("Ada")
    ada.command("review", "/social", "post")
    ada.wait_modal("New post", PATIENCE)
    photo = content("bench.png", "image/png", picture("#e7a977", "#5b4a86"))
    answer = ada.fill({"Text": TEXT, "Accounts": ["acme"], "Add pictures or a video": [photo], "Alt text": ALT})
    see("errors" not in answer, f"the form was refused: {answer}")
    shown = ada.wait_message("review", TEXT, PATIENCE)
    scene.known["post"] = code = code_in(all_text(shown))
    card = scene.slack_card("Ada", code, "Draft")
    see(
        any(b["type"] == "image" and b["alt_text"] == ALT for b in card["blocks"]),
        "the card shows no photo with its words",
    )


def bad_form(scene: Scene) -> None:
    """A form without words is refused where it is empty, and nothing of it is lost."""
    ada = scene.slack("Ada")
    ada.command("review", "/social", "post")
    ada.wait_modal("New post", PATIENCE)
    answer = ada.fill({"Text": "Too early", "Accounts": ["acme"], "When": "yesterday 9"})
    see(answer.get("errors"), f"a time in the past was taken: {answer}")
    modal = ada.modal()
    see(modal and modal["values"]["text"]["text"]["value"] == "Too early", "the text was lost")
    ada.close(everything=True)


def in_telegram(scene: Scene) -> None:
    """Ada answers one question after the other in her own chat."""
    ada = scene.private("Ada")
    ada.start()
    ada.wait_for(lambda m: m["from"]["is_bot"], PATIENCE)
    asked = ada.command("post")
    question = ada.wait_for(after(asked, "Question 1 of"), PATIENCE)
    ada.reply(question, ITALIAN)
    for number in range(2, MOST_QUESTIONS):
        shown = ada.wait_for(after(asked, f"Question {number} of", "· Draft"), PATIENCE)
        if "· Draft" in shown["text"]:
            scene.known["italian"] = code_in(shown["text"])
            return
        for name in NOT_ITALIAN:
            if f"✓ {name}" in labels(shown):
                ada.press(f"✓ {name}", shown)
                shown = ada.wait_for(with_key(question["id"], name), PATIENCE)
        ada.press("Continue" if "Continue" in labels(shown) else "Skip", shown)
    see(condition=False, otherwise="there were more questions than anybody answers")


def after(asked: int, *parts: str) -> Callable[[Message], bool]:
    """Whether a message is newer than this one and contains one of the parts."""
    return lambda message: message["id"] > asked and any(part in message["text"] for part in parts)


def with_key(since: int, label: str) -> Callable[[Message], bool]:
    """Whether a message is no older than this one and has a button of that label."""
    return lambda message: message["id"] >= since and label in labels(message)


def labels(message: Message) -> list[str]:
    """The labels of a message's buttons."""
    return [button["label"] for row in message["keyboard"] for button in row]


CHAPTER = Chapter(
    "Ada drafts",
    (
        Step("Ada drafts in Slack: a form with words, a photo and its alt text", in_slack),
        Step("a time in the past is refused in the form, and nothing typed is lost", bad_form),
        Step("Ada drafts in Telegram, question by question", in_telegram),
    ),
)
