"""Chapters five and six: Nora writes, the team hears it in both chats, takes it, talks, answers in public."""

import json
import time

from sandbox.play.approving import EDITED
from sandbox.play.scene import INBOX, PATIENCE, Scene, Unseen, code_in, see
from sandbox.play.telling import Chapter, Step
from sandbox.slack.person import Json, all_text, labels

QUESTION = "Is it fine for children?"
CHANGED = "Is it fine for small children?"
NOTE = "Between us: last year somebody ate the glue."
ANSWER = "Very much so: they print a cover of their own."
#: Seconds in which something that must not happen would have happened.
QUIET = 2.0


def comes_in(scene: Scene) -> None:
    """A reply on the network is a card in both inboxes, in the thread of its publication."""
    # A server tells of edits and deletions only those who follow the writer.
    scene.visitor("acme").follow("nora")
    reply = scene.visitor("nora").reply(scene.known["published"], QUESTION)
    scene.known["reply"] = reply["id"]
    chiara = scene.slack("Chiara")

    def look() -> Json | None:
        return next((r for m in chiara.messages("inbox") for r in m["replies"] if QUESTION in all_text(r)), None)

    shown = chiara.wait_for(look, PATIENCE, "Nora's question in a thread of #inbox")
    scene.known["comment"] = code = code_in(all_text(shown), "C")
    see("Nora" in all_text(shown), "the card does not say who wrote")
    over = next(m for m in chiara.messages("inbox") if shown in m["replies"])
    see(scene.known["post"] in all_text(over), "the thread does not name the post")
    scene.telegram_card("Chiara", code, QUESTION, topic=INBOX)


def take(scene: Scene) -> None:
    """Chiara takes it in Slack; Dario, who wants it too, is told who has it."""
    code = scene.known["comment"]
    scene.slack("Chiara").press("Take", message=scene.slack_card("Chiara", code, "Take", channel="inbox"))
    held = scene.slack_card("Dario", code, "Chiara", channel="inbox")
    scene.telegram_card("Chiara", code, "Chiara", topic=INBOX)
    dario = scene.slack("Dario")
    wanted = next((label for label in ("Reply", "Take") if label in labels(held["blocks"])), None)
    if wanted is None:
        return
    dario.press(wanted, message=held)

    def told() -> bool | None:
        form = dario.modal()
        whispers = [m for m in dario.everything() if m["ephemeral"]]
        return "Chiara" in json.dumps([form, whispers]) or None

    dario.wait_for(told, PATIENCE, "who holds the comment")
    if dario.modal():
        dario.close(everything=True)


def note(scene: Scene) -> None:
    """What is said in the thread stays there."""
    card = scene.slack_card("Chiara", scene.known["comment"], channel="inbox")
    scene.slack("Dario").say("inbox", NOTE, thread_ts=card["thread_ts"] or card["ts"])
    shown = scene.telegram_card("Chiara", scene.known["comment"], topic=INBOX)
    scene.desk("Bruno", INBOX).reply(shown, NOTE)
    time.sleep(QUIET)
    see("glue" not in json.dumps([scene.visitor(n).timeline() for n in ("nora", "oleg", "pia")]), "a note went public")


def reply(scene: Scene) -> None:
    """Words in a form, then a preview that says who sees it, then Send; nothing leaves before.

    Chiara's Slack is Italian, and so are her form and her preview: fields and buttons are found by their codes.
    """
    chiara = scene.slack("Chiara")
    chiara.press("Reply", message=scene.slack_card("Chiara", scene.known["comment"], "Reply", channel="inbox"))
    form = chiara.wait_modal("", PATIENCE)
    see(QUESTION in json.dumps(form["blocks"]), "the form does not show what is answered")
    answer = chiara.fill({"text": ANSWER})
    see("errors" not in answer, f"the reply was refused: {answer}")
    preview = chiara.wait_button("v1:send_reply", PATIENCE)
    see(ANSWER in json.dumps(preview["blocks"]), "the preview does not show the words")
    see("acme" in all_text(preview), "the preview does not say as whom")
    see(not scene.visitor("nora").replies_to(scene.known["reply"]), "it left before Send")
    chiara.press("v1:send_reply", message=preview)
    nora = scene.visitor("nora")
    nora.wait_for(lambda v: v.replies_to(scene.known["reply"]), PATIENCE)
    answers = nora.replies_to(scene.known["reply"])
    see(len(answers) == 1 and ANSWER in answers[0]["text"], f"the answers are {[a['text'] for a in answers]}")
    see("nora" in answers[0]["mentions"], "Nora is not mentioned")
    see(answers[0]["visibility"] in {"public", "unlisted"}, f"it is {answers[0]['visibility']}")
    scene.slack_card("Dario", scene.known["comment"], ANSWER, channel="inbox")


def like(scene: Scene) -> None:
    """Like reaches the network and shows on the card."""
    code = scene.known["comment"]
    scene.slack("Chiara").press("Like", message=scene.slack_card("Chiara", code, "Like", channel="inbox"))
    scene.visitor("nora").wait_for(
        lambda v: any(p["id"] == scene.known["reply"] and p["favourited_by_us"] for p in v.timeline()), PATIENCE
    )
    scene.slack_card("Chiara", code, "Unlike", channel="inbox")


def done(scene: Scene) -> None:
    """The answered comment is done in both chats; Chiara reopens and closes it."""
    code = scene.known["comment"]
    chiara = scene.slack("Chiara")
    chiara.press("Reopen", message=scene.slack_card("Chiara", code, "Reopen", channel="inbox"))
    scene.telegram_card("Chiara", code, "Take", topic=INBOX)
    scene.desk("Chiara", INBOX).press("Done", scene.telegram_card("Chiara", code, "'Done'", topic=INBOX))
    scene.slack_card("Chiara", code, "Reopen", channel="inbox")
    scene.telegram_card("Chiara", code, "Reopen", topic=INBOX)


def edited(scene: Scene) -> None:
    """Nora's change shows on the cards."""
    scene.visitor("nora").edit(scene.known["reply"], f"@acme {CHANGED}")
    scene.slack_card("Chiara", scene.known["comment"], CHANGED, channel="inbox")
    scene.telegram_card("Chiara", scene.known["comment"], CHANGED, topic=INBOX)


def deleted(scene: Scene) -> None:
    """Nora takes it back; the card says so and the post stays."""
    scene.visitor("nora").delete(scene.known["reply"])
    before = all_text(scene.slack_card("Chiara", scene.known["comment"], channel="inbox"))
    chiara = scene.slack("Chiara")

    def look() -> bool | None:
        now = all_text(scene.slack_card("Chiara", scene.known["comment"], channel="inbox"))
        return ("deleted" in now.lower() and now != before) or "deleted" in now.lower() or None

    chiara.wait_for(look, PATIENCE, "that the comment was deleted")
    if len(scene.published(EDITED)) != 1:
        raise Unseen("the post itself is gone")


CHAPTERS = (
    Chapter("Nora writes", (Step("Nora replies; the card is in both inboxes, under its publication", comes_in),)),
    Chapter(
        "The team answers",
        (
            Step("Chiara takes it; Dario is told who holds it", take),
            Step("what the team says in the thread stays in the thread", note),
            Step("Chiara likes it; Nora sees that", like),
            Step("Chiara replies: form, preview, Send; Nora reads it once", reply),
            Step("the comment is done in both chats; reopened in one, done again in the other", done),
            Step("Nora edits her reply; the cards follow", edited),
            Step("Nora deletes it; the card says so", deleted),
        ),
    ),
)
