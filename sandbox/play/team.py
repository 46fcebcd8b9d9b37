"""Chapters seven and eight: everybody's home, and the team itself: links, invitations, health, history, language."""

import json
import re

from sandbox.play.scene import PATIENCE, Scene, see
from sandbox.play.telling import Chapter, Step
from sandbox.slack.person import Json, SlackPerson, all_text

#: What an invitation looks like: letters and digits, with or without hyphens.
CODE = re.compile(r"\b(?=[A-Z0-9-]*\d)[A-Z0-9]{4,}(?:-[A-Z0-9]{4,})*\b")


def home(scene: Scene) -> None:
    """Slack's Home tab and Telegram's /start show what waits."""
    bruno = scene.slack("Bruno")
    bruno.open_home()
    bruno.wait_for(bruno.home, PATIENCE, "the Home tab")
    private = scene.private("Chiara")
    private.start()
    private.wait_for(lambda m: m["from"]["is_bot"] and "Chiara" in m["text"], PATIENCE)


def whispered(person: SlackPerson, part: str, *, before: int) -> Json:
    """The newest thing the bot told this member alone, beyond the first `before`, that contains the part."""

    def look() -> Json | None:
        mine = alone(person)[before:]
        return next((m for m in reversed(mine) if part in all_text(m)), None)

    return person.wait_for(look, PATIENCE, f"an answer with {part!r}")


def alone(person: SlackPerson) -> list[Json]:
    """Everything the bot told this member alone."""
    direct = {c["id"] for c in person.screen()["channels"] if c["im"]}
    return [m for m in person.everything() if m["bot"] and (m["ephemeral"] or m["channel"] in direct)]


def asked(scene: Scene, name: str, text: str, part: str) -> str:
    """What the bot answers to `/social text`, once it contains the part."""
    person = scene.slack(name)
    before = len(alone(person))
    person.command("general", "/social", text)
    return all_text(whispered(person, part, before=before))


def code_of(answer: str) -> str:
    """The invitation in an answer."""
    found = CODE.search(answer)
    see(found, f"there is no code in {answer!r}")
    assert found
    return found.group()


def link(scene: Scene) -> None:
    """Dario's code from Slack makes his Telegram his."""
    code = code_of(asked(scene, "Dario", "link", "code"))
    dario = scene.private("Dario")
    dario.start(code)
    dario.wait_for(lambda m: m["from"]["is_bot"] and "Dario" in m["text"], PATIENCE)
    dario.command("queue")
    dario.wait_for(lambda m: m["from"]["is_bot"] and m["id"] > 3, PATIENCE)


def invite(scene: Scene) -> None:
    """Dario invites Eve, who was a stranger; her first command works afterwards."""
    eve = scene.private("Eve")
    eve.start()
    eve.wait_for(lambda m: m["from"]["is_bot"], PATIENCE)
    code = code_of(asked(scene, "Dario", "team add Eve author", "code"))
    eve.start(code)
    eve.wait_for(lambda m: m["from"]["is_bot"] and "Eve" in m["text"], PATIENCE)
    eve.command("post", "My first words for the shop")
    eve.wait_for(lambda m: m["from"]["is_bot"] and "Draft" in m["text"], PATIENCE)


def status(scene: Scene) -> None:
    """The desk's health names its accounts."""
    see("acme_it" in asked(scene, "Dario", "status", "acme"), "an account is missing")


def log(scene: Scene) -> None:
    """The whole history of the first post."""
    asked(scene, "Dario", f"log {scene.known['post']}", "Bruno")


def italian(scene: Scene) -> None:
    """Chiara wants Italian, and is answered in Italian."""
    chiara = scene.private("Chiara")
    chiara.command("language", "italiano")
    chiara.wait_for(lambda m: m["from"]["is_bot"] and "italiano" in m["text"].lower(), PATIENCE)
    chiara.command("queue")
    chiara.wait_for(lambda m: m["from"]["is_bot"] and "coda" in json.dumps(m, ensure_ascii=False).lower(), PATIENCE)


CHAPTERS = (
    Chapter("What waits for me", (Step("Bruno's Home in Slack, Chiara's /start in Telegram", home),)),
    Chapter(
        "The team",
        (
            Step("Dario links his Telegram with a code from Slack", link),
            Step("Dario invites Eve; the stranger becomes an author and drafts", invite),
            Step("status names every account", status),
            Step("log tells the post's whole history", log),
            Step("Chiara changes to Italian and is answered in it", italian),
        ),
    ),
)
