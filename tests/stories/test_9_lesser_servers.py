"""Servers that speak a protocol only in part: what the desk can do without, it does without."""

import io

import pytest
from PIL import Image

from support.stage import Stage
from support.story import Desk
from support.team import Json, Team, read
from support.world import World

UNKNOWN_METHOD = '{"ok": false, "error": "unknown_method"}'
NO_SUCH_METHOD = '{"ok": false, "error_code": 404, "description": "Not Found"}'
NO_SUCH_PATH = '{"error": "The page you were looking for doesn\'t exist"}'
JSON = {"Content-Type": "application/json"}
OFTEN = 100_000

SLACK = (
    "chat.postEphemeral conversations.info conversations.join files.getUploadURLExternal "
    "files.completeUploadExternal users.info views.publish"
).split()
TELEGRAM = "setMyCommands deleteMyCommands deleteWebhook answerCallbackQuery deleteMessages sendMediaGroup".split()
NETWORK = (
    "GET /api/v2/instance",
    "GET /api/v1/apps/verify_credentials",
    "GET /api/v1/streaming*",
    "GET /api/v1/statuses/*/context",
)


def lacking(stage: Stage, matches: tuple[str, ...], status: int, body: str) -> None:
    for match in matches:
        stage.fault(match, "status", times=OFTEN, status=status, headers=JSON, body=body)


def picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def lesser(request: pytest.FixtureRequest, world: World) -> World:
    which = request.param
    if which == "slack":
        lacking(world.slack, tuple(f"* /api/{name}" for name in SLACK), 200, UNKNOWN_METHOD)
        lacking(world.slack, ("POST /actions/*",), 404, "")
    if which == "slack, in public":
        lacking(world.slack, ("* /api/conversations.open", "* /api/conversations.info"), 200, UNKNOWN_METHOD)
    if which == "slack, by POST":
        lacking(world.slack, ("GET /api/*",), 405, "")
    if which == "telegram":
        lacking(world.telegram, tuple(f"POST /bot*/{name}" for name in TELEGRAM), 404, NO_SUCH_METHOD)
    if which == "mastodon":
        lacking(world.mastodon, NETWORK, 404, NO_SUCH_PATH)
    return world


@pytest.mark.parametrize(
    "lesser", ["slack", "slack, in public", "slack, by POST", "telegram", "mastodon"], indirect=True
)
def test_a_post_with_a_picture_goes_its_way_and_comments_are_answered(lesser: World, desk: Desk) -> None:
    with desk(acme_it=1) as team:
        team.ada.telegram.start()
        team.ada.telegram.photo(picture(), "/post Open on Saturday")
        drafted = team.ada.telegram.wait_text("· Draft")
        code = drafted["text"].split(" ")[0]
        team.ada.telegram.press("Submit", drafted, wait=0)  # some servers know no answer to a press
        team.until(lambda: team.button(code, "Approve"), f"{code} in review")
        assert "approver" in whispered(team, code)
        team.bruno.slack.press("Approve", message=team.card(code))
        if asked := unseen(team, code):
            team.bruno.slack.press("Approve it unseen", message=asked)
        team.until_card(code, "· Approved")
        team.bruno.slack.press("Publish now", message=team.card(code))
        team.until_card(code, "· Published")
        status = team.on_network("Open on Saturday")[0]
        assert len(status["media"]) == 1
        comment = team.commented(status, "At what hour?")
        answer(team, comment, "At nine.")
        team.until(lambda: [s for s in team.nora.timeline("acme") if "At nine." in s["text"]], "the answer in public")


def whispered(team: Team, code: str) -> str:
    """What Ada, who may not approve, is told, in the room or in private."""
    team.ada.slack.press("Approve", message=team.card(code))

    def told() -> str:
        seen = [read(m) for m in (*team.ada.slack.messages("review"), *team.ada.slack.messages("dm"))]
        return next((words for words in seen if "needs the role" in words), "")

    return team.until(told, "the refusal")


def unseen(team: Team, code: str) -> Json | None:
    """What Bruno is asked where the chat takes no files: nobody has seen the picture there."""

    def came() -> list[Json | None]:
        mine = [*team.bruno.slack.messages("review"), *team.bruno.slack.messages("dm")]
        asked = [m for m in mine if "Approve it unseen?" in read(m)]
        return [*asked, *([None] if "· Approved" in read(team.card(code)) else [])]

    return team.until(came, "an answer to Approve")[0]


def answer(team: Team, code: str, words: str) -> None:
    """Chiara answers in Telegram, by the questions of the form."""
    person = team.chiara.inbox
    team.chiara.telegram.start()
    team.chiara.telegram.command("language", "en")
    team.chiara.telegram.wait_text("English")
    person.press("Reply", team.tele(code, person), wait=0)
    asked = person.wait_text("/cancel")
    person.reply(asked, words)
    preview = person.wait_for(lambda m: any(b["label"] == "Send" for row in m["keyboard"] for b in row))
    person.press("Send", preview, wait=0)
