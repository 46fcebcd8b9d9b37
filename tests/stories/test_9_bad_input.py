"""Whatever people send gets its sentence; nothing is lost, becomes markup, or leaks between chats."""

import pytest

from sandbox.slack.person import content, labels
from support.files import DOCUMENT, noise, picture, torn
from support.story import Desk
from support.team import Json, Team, button_of, code_of, flat, newest, read, refused

INJECTION = "<!channel> <@U0ADA00001> </b><a href='https://evil.example'>x</a> *bold* `code` &amp; [l](tg://x) _i_"
MEGABYTE = 1024 * 1024


@pytest.fixture
def form(team: Team) -> Json:
    """The form for a new post, open in front of Ada."""
    ada = team.ada.slack
    ada.close(everything=True) if ada.modal() else None
    ada.command("review", "/social", "post")
    return ada.wait_modal("New post")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("Text", "x" * 501, "500"),
        ("Text", "e\u0301" * 501, "500"),
        ("Text", "bad \x07 bell", "invisible control characters"),
        ("Link", "javascript:alert(1)", "is not a web address"),
        ("Link", "not a link", "is not a web address"),
        ("When", "yesterday at noon", "time"),
        ("When", "2020-01-01 10:00", "past"),
    ],
    ids=["too long", "too many graphemes", "control characters", "no link", "words", "no hour", "past"],
)
def test_a_form_is_refused_at_the_field_and_keeps_every_answer(
    team: Team, form: Json, field: str, value: str, says: str
) -> None:
    ada = team.ada.slack
    answered = ada.fill({"Text": "Fine words", field: value})
    assert says in str(answered.get("errors")), answered
    assert ada.modal(), "the form stays open"
    answered = ada.fill({"Text": f"Mended: {field} {says}", **({} if field == "Text" else {field: ""})})
    assert "closed" in answered
    team.until(lambda: newest(ada, "review", f"Mended: {field} {says}", "· Draft"))


@pytest.mark.parametrize("words", ["", "   \n\t "], ids=["empty", "whitespace"])
def test_an_empty_post_is_refused(team: Team, form: Json, words: str) -> None:
    answered = team.ada.slack.fill({"Text": words})
    assert "There is nothing to publish" in str(answered), answered


def test_addresses_count_23_and_mentions_without_their_server(team: Team) -> None:
    address = "https://example.com/" + "a" * 300
    team.ada.slack.say("dm", f"post Look {address} and @nora@social.example.com too")
    card = team.until(lambda: newest(team.ada.slack, "dm", "@nora@social.example.com too", "· Draft"))
    assert f"{len('Look ') + 23 + len(' and @nora too')} / 500" in read(card)


def test_a_text_too_long_is_named_on_the_card_and_cannot_be_submitted(team: Team) -> None:
    text = "A very long story " * 40
    code = team.drafted(text.strip())
    assert "⛔" in read(team.card(code, "dm"))
    team.ada.slack.press("Submit", message=team.card(code, "dm"))
    team.until(lambda: "500" in read(flat(team.ada.slack, "dm")[-1]))
    assert "· Draft" in read(team.card(code, "dm"))


def test_bidirectional_characters_are_warned_of(team: Team) -> None:
    team.ada.slack.say("dm", "post Pay to \u202egro.live\u202c today")
    card = team.until(lambda: newest(team.ada.slack, "dm", "Pay to", "· Draft"))
    assert "⚠️" in read(card)
    assert "direction" in read(card)


@pytest.mark.parametrize(
    ("name", "mime", "kind", "says"),
    [
        ("torn.jpg", "image/jpeg", "torn", "is damaged"),
        ("fake.png", "image/png", "document", "is neither a photo nor a video"),
        ("empty.png", "image/png", "empty", "is empty"),
        ("huge.png", "image/png", "huge", "MB"),
    ],
)
def test_a_file_that_cannot_be_published_is_named_with_the_reason(
    team: Team, form: Json, name: str, mime: str, kind: str, says: str
) -> None:
    raw = {"document": DOCUMENT, "torn": torn(), "empty": b"", "huge": b""}[kind]
    raw = noise(20 * MEGABYTE) if kind == "huge" else raw
    ada = team.ada.slack
    answered = ada.fill({"Text": f"With {name}", "Add pictures or a video": [content(name, mime, raw)]})
    if "updated" in answered:
        team.until(lambda: newest(ada, "review", says), "the refusal of what took longer")
        return
    assert says in str(answered.get("errors")), answered
    ada.close(everything=True)
    assert not newest(ada, "review", f"With {name}", "· Draft")


def test_a_document_sent_with_a_command_is_named_with_the_reason(team: Team) -> None:
    ada = team.ada.slack
    ada.say("dm", "post With a letter", files=[content("letter.pdf", "application/pdf", DOCUMENT)])
    team.until_told(team.ada, "dm", "“letter.pdf” is neither a photo nor a video")
    assert not newest(ada, "dm", "With a letter", "· Draft")


def test_ten_attachments_are_too_many(team: Team, form: Json) -> None:
    colors = ("red", "green", "blue", "gold", "pink", "teal", "navy", "gray", "lime", "plum")
    files = [content(f"{color}.png", "image/png", picture(color, "PNG")) for color in colors]
    ada = team.ada.slack
    answered = ada.fill({"Text": "Ten pictures", "Add pictures or a video": files})
    told = str(answered) if "errors" in answered else read(team.until(lambda: newest(ada, "review", "at most 4")))
    assert "4" in told
    assert not newest(ada, "review", "Ten pictures", "· Draft")


def test_telegram_refuses_files_with_a_sentence_and_keeps_the_answers(team: Team) -> None:
    ada = team.ada.telegram
    ada.start()
    ada.document(DOCUMENT, "letter.pdf", "/post With a letter")
    ada.wait_text("“letter.pdf” is neither a photo nor a video")
    ada.document(torn(), "torn.jpg", "/post With a torn photo")
    ada.wait_text("is damaged")
    ada.say("/post")
    ada.wait_text("Question 1 of")
    ada.say("Kept although a file was refused")
    accounts = ada.wait_text("Question 2 of")
    ada.say("acme_xx")
    ada.wait_text("“acme_xx” is not one of the choices: acme, acme_it.")
    ada.press("Continue", accounts)
    files = ada.wait_text("Question 3 of")
    ada.document(DOCUMENT, "letter.pdf")
    ada.wait_for(lambda m: m["id"] > files["id"] and "is neither a photo nor a video" in m["text"])
    ada.press("Skip", ada.last())
    hour = ada.wait_text("Question 4 of")
    ada.say("2020-01-01 10:00")
    ada.wait_for(lambda m: m["id"] > hour["id"] and "is already past" in m["text"])
    ada.press("Skip", ada.last())
    assert " · Draft" in ada.wait_text("Kept although a file was refused")["text"]


def test_an_album_of_which_a_group_shows_one_photo_is_refused_with_the_way_out(team: Team) -> None:
    team.ada.review.album([picture("coral"), picture("ivory")], "/post Two pictures in the group")
    team.ada.review.wait_text("Telegram shows me only one photo of an album in a group. Send me the album in private")
    assert not [m for m in team.ada.review.messages() if " · Draft" in m["text"] and "Two pictures" in m["text"]]


def test_a_file_too_large_for_telegram_bots_is_refused_with_the_limit(team: Team) -> None:
    ada = team.ada.telegram
    ada.start()
    ada.document(noise(21 * MEGABYTE), "big.png", "/post With a big photo")
    ada.wait_text("20 MB")


def test_markup_is_only_text_everywhere(team: Team) -> None:
    team.ada.slack.say("dm", "language en")
    team.ada.review.say(f"/post {INJECTION}")
    card = team.ada.review.wait_for(lambda m: m["from"]["is_bot"] and "<!channel>" in m["text"])
    code = card["text"].split(" ")[0]
    assert INJECTION in card["text"]
    assert {e["type"] for e in card["entities"]} <= {
        "bold",
        "italic",
        "blockquote",
        "url",
        "mention",
        "text_link",
        "bot_command",
    }
    assert not [e for e in card["entities"] if e["type"] == "text_link" and "evil" in e.get("url", "")]
    team.ada.review.press("Submit", card)
    slack = team.until(lambda: newest(team.bruno.slack, "review", code, "In review"))
    assert INJECTION in read(slack)
    team.bruno.slack.press("Request changes", message=slack)
    team.bruno.slack.wait_modal()
    team.bruno.slack.fill({"What shall change?": f"Note {INJECTION}"})
    team.until(lambda: f"Note {INJECTION}" in team.tele_thread(code))
    team.dario.slack.say("dm", f"team add {INJECTION[:40]} author")
    for message in team.bruno.slack.everything():
        if message["member"] == "U0BOTTEGA1":
            assert not message["broadcast"], message


def test_a_comments_markup_is_only_text(team: Team) -> None:
    _, status = team.published("Inject here")
    team.commented(status, f"{INJECTION} <script>alert(1)</script>")
    card, tele = team.comment("<!channel>"), team.tele_comment("<!channel>")
    assert card
    assert tele
    assert "</b><a href=" in read(card)
    assert "<script>alert(1)</script>" in tele["text"]
    assert not card["broadcast"]
    assert not [e for e in tele["entities"] if e["type"] == "text_link" and "tg:" in e.get("url", "")]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "v1:approve:P1:1:",
        "v1:approve:P999999:1:",
        "v1:nothing:P1:1:",
        "v9:x",
        "v1:approve:P1:-1:",
        "ö" * 20,
        "v1:publish:P1:99:x",
    ],
)
def test_handmade_callback_data_does_no_harm(team: Team, data: str) -> None:
    found = newest(team.bruno.slack, "review", "Forge me", "· In review")
    post = code_of(found) if found else team.submitted("Forge me")
    told = ""
    if data:
        answer = team.ada.review.forge(data.replace("P1:", f"{post}:"), team.tele(post))
        told = answer["text"] if answer else team.ada.review.last()["text"]
        assert told
    assert "· In review" in read(team.card(post))
    assert "Approvals: 0 of 1" in read(team.card(post))
    assert not team.on_network("Forge me")
    assert "wrong in me" not in told, "no bug is met"


def test_strangers_who_press_are_told_how_to_join_and_change_nothing(team: Team) -> None:
    code = team.submitted("Strangers see me")
    for label in ("Approve", "Publish now", "Withdraw", "Edit"):
        team.eve.slack.press(label, message=team.card(code))
    told = team.until(lambda: newest(team.eve.slack, "review", "You are not a member of this team yet"))
    assert "Dario" in read(told)
    assert not newest(team.bruno.slack, "review", "You are not a member of this team yet")
    assert team.eve.slack.modal() is None
    assert "· In review" in read(team.card(code))
    assert "Approvals: 0 of 1" in read(team.card(code))
    team.eve.telegram.start()
    team.eve.telegram.say(f"/approve {code}")
    team.until(lambda: sum("not a member" in m["text"] for m in team.eve.telegram.messages()) >= 2)
    assert "Eve is not in" in refused(lambda: team.eve.review.say(f"/approve {code}"))
    assert button_of(team.tele(code), "Approve")


def test_two_members_press_at_the_same_time_and_one_is_told(desk: Desk) -> None:
    with desk() as team:
        _, status = team.published("Race for me")
        code = team.commented(status, "Both of you?")
        data = button_of(team.tele(code, team.chiara.inbox), "Take")
        assert data
        message = team.tele(code, team.chiara.inbox)
        team.chiara.inbox.forge(data["data"], message, wait=0)
        told = team.dario.inbox.forge(data["data"], message)
        team.until(lambda: "Held by: " in team.tele(code, team.chiara.inbox)["text"])
        holder = team.tele(code, team.chiara.inbox)["text"].split("Held by: ")[1].split(",")[0]
        assert holder in {"Chiara", "Dario"}
        assert holder == "Dario" or (told and "Chiara" in told["text"])


def test_what_one_chat_whispers_no_other_person_sees(team: Team) -> None:
    team.ada.slack.command("review", "/social", "schedule P99999 tomorrow 9")
    team.until(lambda: newest(team.ada.slack, "review", "There is no P99999 here"))
    for person in (team.bruno, team.chiara, team.dario, team.eve):
        assert not newest(person.slack, "review", "P99999")
    assert not [m for m in team.bruno.review.messages() if "P99999" in m["text"]]
    assert labels(flat(team.ada.slack, "review")[-1]["blocks"]) == []
