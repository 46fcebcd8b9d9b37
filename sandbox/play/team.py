"""Chapters seven and eight: everybody's home, and the team itself: links, invitations, health, history, language."""

import re

from sandbox.play.scene import PATIENCE, Scene, see
from sandbox.play.telling import Chapter, Step
from sandbox.slack.person import all_text

#: What an invitation looks like: letters and digits, with or without hyphens.
CODE = re.compile(r"(?<=link )[A-Z0-9-]{6,}")


def home(scene: Scene) -> None:
    """Slack's Home tab and Telegram's /start show what waits."""
    bruno = scene.slack("Bruno")
    bruno.open_home()
    bruno.wait_for(bruno.home, PATIENCE, "the Home tab")
    private = scene.private("Chiara")
    private.start()
    private.wait_for(lambda m: m["from"]["is_bot"] and "Chiara" in m["text"], PATIENCE)


def asked(scene: Scene, name: str, text: str, part: str) -> str:
    """What the bot tells this member alone after `/social text`, once it contains the part."""
    person = scene.slack(name)
    before = max((m["ts"] for m in person.everything()), default="")
    person.command("general", "/social", text)

    def look() -> str | None:
        direct = {c["id"] for c in person.screen()["channels"] if c["im"]}
        answers = [m for m in person.everything() if m["bot"] and m["ts"] > before]
        mine = [all_text(m) for m in answers if m["ephemeral"] or m["channel"] in direct]
        return next((words for words in reversed(mine) if part in words), None)

    return person.wait_for(look, PATIENCE, f"an answer with {part!r}")


def code_of(answer: str) -> str:
    """The invitation in an answer."""
    found = CODE.search(answer)
    see(found, f"there is no code in {answer!r}")
    assert found
    return found.group()


def link(scene: Scene) -> None:
    """Dario's code from Slack makes his Telegram his."""
    code = code_of(asked(scene, "Dario", "link", "/social link"))
    dario = scene.private("Dario")
    said = dario.start(code)
    dario.wait_for(lambda m: m["from"]["is_bot"] and m["id"] > said, PATIENCE)
    asked_at = dario.command("team")
    dario.wait_for(lambda m: m["id"] > asked_at and "Chiara" in m["text"], PATIENCE)


def invite(scene: Scene) -> None:
    """Dario invites Eve, who was a stranger; her first command works afterwards."""
    eve = scene.private("Eve")
    said = eve.start()
    eve.wait_for(lambda m: m["from"]["is_bot"] and m["id"] > said, PATIENCE)
    code = code_of(asked(scene, "Dario", "team add Eve author", "link "))
    said = eve.start(code)
    eve.wait_for(lambda m: m["from"]["is_bot"] and m["id"] > said, PATIENCE)
    said = eve.command("post", "My first words for the shop")
    eve.wait_for(lambda m: m["from"]["is_bot"] and m["id"] > said and "My first words" in m["text"], PATIENCE)


def status(scene: Scene) -> None:
    """The desk's health names its accounts."""
    see("acme_it" in asked(scene, "Dario", "status", "acme"), "an account is missing")


def log(scene: Scene) -> None:
    """The whole history of the first post."""
    asked(scene, "Dario", f"log {scene.known['post']}", "Bruno")


def italian(scene: Scene) -> None:
    """Bruno wants Italian, and is answered in Italian."""
    bruno = scene.private("Bruno")
    bruno.start()
    said = bruno.command("language", "italiano")
    bruno.wait_for(lambda m: m["from"]["is_bot"] and m["id"] > said and "italiano" in m["text"].lower(), PATIENCE)
    see(helped(scene, "Bruno") != helped(scene, "Ada"), "the help is the same in Italian and in English")


def helped(scene: Scene, name: str) -> str:
    """The first line of the help that this member gets."""
    private = scene.private(name)
    said = private.start()
    private.wait_for(lambda m: m["from"]["is_bot"] and m["id"] > said, PATIENCE)
    said = private.command("help")
    answer: str = private.wait_for(lambda m: m["from"]["is_bot"] and m["id"] > said, PATIENCE)["text"]
    return answer.partition("\n")[0]


CHAPTERS = (
    Chapter("What waits for me", (Step("Bruno's Home in Slack, Chiara's /start in Telegram", home),)),
    Chapter(
        "The team",
        (
            Step("Dario links his Telegram with a code from Slack", link),
            Step("Dario invites Eve; the stranger becomes an author and drafts", invite),
            Step("status names every account", status),
            Step("log tells the post's whole history", log),
            Step("Bruno changes to Italian and is answered in it", italian),
        ),
    ),
)
