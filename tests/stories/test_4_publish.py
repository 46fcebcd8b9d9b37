"""Posts reach the network as they were approved, once; what goes wrong is told, with what can be done about it."""

from sandbox.slack.person import content, labels
from support.files import FILM, picture
from support.story import Clock, Desk
from support.team import Json, Team, button_of, code_of, flat, newest, read

STATUSES = "POST /api/v1/statuses"


def drafted_with(team: Team, **fields: object) -> str:
    """Ada fills the whole form in Slack, and Bruno approves; the post's code."""
    ada = team.ada.slack
    ada.command("review", "/social", "post")
    ada.wait_modal()
    answered = ada.fill(dict(fields))
    assert "closed" in answered, answered
    text = str(fields["Text"]).partition("\n")[0]
    draft = team.until(lambda: newest(ada, "review", text, "· Draft"))
    code = code_of(draft)
    ada.press("Submit", message=draft)
    team.until(lambda: team.button(code, "Approve"))
    team.bruno.slack.press("Approve", message=team.card(code))
    team.until(lambda: team.button(code, "Publish now") and "· Approved" in read(team.card(code)))
    return code


def out(team: Team, code: str, text: str, account: str = "acme") -> Json:
    """Bruno publishes it; its status on the network, when both cards say so."""
    team.bruno.slack.press("Publish now", message=team.card(code))
    team.until(lambda: "· Published" in read(team.card(code)) and "· Published" in team.tele(code)["text"])
    (status,) = team.on_network(text, account)
    return status


def test_a_picture_goes_out_with_its_alt_text_warning_visibility_and_language(team: Team) -> None:
    photo = content("harbour.jpg", "image/jpeg", picture("teal"))
    code = drafted_with(
        team,
        Text="The harbour at dawn https://harbour.example/a-long-address",
        **{
            "Add pictures or a video": [photo],
            "Alt text": "A teal harbour",
            "Content warning": "early morning",
            "Visibility": "unlisted",
            "Language": "en",
            "Accounts": ["acme"],
        },
    )
    team.world.mastodon.act("settings", media_seconds=1)
    status = out(team, code, "The harbour at dawn")
    team.world.mastodon.act("settings", media_seconds=0)
    assert [m["description"] for m in status["media"]] == ["A teal harbour"]
    assert status["warning"] == "early morning"
    assert status["visibility"] == "unlisted"
    card = team.card(code)
    assert "Open on acme" in labels(card["blocks"])
    assert not team.on_network("The harbour at dawn", "acme_it")
    assert status["url"] in team.thread(code)
    sent = [r for r in team.world.mastodon.requests(STATUSES) if "harbour at dawn" in r["body"]]
    assert len(sent) == 1
    assert sent[0]["headers"]["Idempotency-Key"]


def test_four_pictures_go_out_in_their_order(team: Team) -> None:
    colors = ("maroon", "olive", "silver", "purple")
    ada = team.ada.telegram
    ada.start()
    ada.album([picture(color) for color in colors], "/post Four colors")
    card = ada.wait_text("Four colors")
    code = card["text"].split(" ")[0]
    ada.press("Submit", card)
    team.until(lambda: team.button(code, "Approve"))
    team.bruno.slack.press("Approve", message=team.card(code))
    team.until(lambda: "· Approved" in read(team.card(code)))
    assert len(out(team, code, "Four colors")["media"]) == 4


def test_a_video_goes_out(team: Team) -> None:
    film = content("waves.mp4", "video/mp4", FILM)
    code = drafted_with(team, Text="Waves", **{"Add pictures or a video": [film], "Alt text": "Waves at the beach"})
    status = out(team, code, "Waves")
    assert [m["description"] for m in status["media"]] == ["Waves at the beach"]


def test_a_thread_goes_out_as_a_chain_of_replies(team: Team) -> None:
    code = drafted_with(team, Text="One of three\n---\nTwo of three\n---\nThree of three", Accounts=["acme"])
    first = out(team, code, "One of three")
    (second,) = team.on_network("Two of three")
    (third,) = team.on_network("Three of three")
    assert second["reply_to"] == first["id"]
    assert third["reply_to"] == second["id"]


def test_publish_now_pressed_twice_and_by_two_publishes_once(team: Team) -> None:
    code = team.approved("Only once please")
    card, tele = team.card(code), team.tele(code)
    publish = button_of(tele, "Publish now")
    assert publish
    team.bruno.slack.press("Publish now", message=card)
    team.dario.review.forge(publish["data"].removeprefix("?"), tele, wait=0)
    team.until(lambda: "· Published" in read(team.card(code)))
    team.dario.review.forge(publish["data"].removeprefix("?"), team.tele(code), wait=3)
    assert len(team.on_network("Only once please")) == 1
    assert len(team.on_network("Only once please", "acme_it")) == 1


def test_an_unapproved_post_cannot_be_published(team: Team) -> None:
    code = team.submitted("Not yet approved")
    team.bruno.slack.press("Publish now", message=team.card(code))
    told = team.until(lambda: newest(team.bruno.slack, "review", f"{code} cannot go out before it is approved"))
    assert "1 approval is missing" in read(told)
    assert "Bruno, Chiara, Dario" in read(told)
    assert not team.on_network("Not yet approved")


def test_a_failure_says_why_and_retry_publishes(team: Team) -> None:
    code = drafted_with(team, Text="The server says no", Accounts=["acme"])
    refusal = '{"error": "Validation failed: Text contains a banned word"}'
    team.world.mastodon.fault(STATUSES, "status", status=422, body=refusal)
    team.bruno.slack.press("Publish now", message=team.card(code))
    team.until(lambda: "· Not everywhere" in read(team.card(code)))
    assert "Text contains a banned word" in read(team.card(code))
    team.until(lambda: "acme refused the content (" in team.thread(code))
    failed = team.until(lambda: newest(team.ada.slack, "dm", f"{code} was not published"))
    assert {"Retry", "Edit", "Leave"} <= set(labels(failed["blocks"]))
    team.until_tele(code, "Retry", "Edit", "Leave")
    team.bruno.review.press("Retry", team.tele(code))
    team.until(lambda: "· Published" in read(team.card(code)))
    assert len(team.on_network("The server says no")) == 1


def test_a_failed_post_is_edited_approved_again_and_published(team: Team) -> None:
    code = drafted_with(team, Text="Refused words", Accounts=["acme"])
    team.world.mastodon.fault(STATUSES, "status", status=422, body='{"error": "Validation failed: no"}')
    team.bruno.slack.press("Publish now", message=team.card(code))
    team.until(lambda: team.button(code, "Retry"))
    team.bruno.slack.press("Edit", message=team.card(code))
    team.bruno.slack.wait_modal(f"Edit {code}")
    team.bruno.slack.fill({"Text": "Accepted words"})
    team.until(lambda: team.button(code, "Approve"))
    team.chiara.slack.press("Approve", message=team.card(code))
    team.until(lambda: "· Approved" in read(team.card(code)))
    out(team, code, "Accepted words")
    assert not team.on_network("Refused words")


def test_a_failed_post_may_be_left(team: Team) -> None:
    code = drafted_with(team, Text="Leave me", Accounts=["acme"])
    team.world.mastodon.fault(STATUSES, "status", status=422, body='{"error": "Validation failed: no"}')
    team.bruno.slack.press("Publish now", message=team.card(code))
    team.until(lambda: team.button(code, "Leave"))
    team.bruno.slack.press("Leave", message=team.card(code))
    team.until(lambda: f"Bruno leaves {code} on acme as it is" in team.thread(code))
    team.until(lambda: not team.button(code, "Leave"))
    assert not team.on_network("Leave me")


def test_what_certainly_did_not_happen_is_tried_again_by_itself(team: Team) -> None:
    code = drafted_with(team, Text="Try again later", Accounts=["acme"])
    team.world.mastodon.fault(STATUSES, "status", status=429, headers={"Retry-After": "1"}, body='{"error": "x"}')
    team.bruno.slack.press("Publish now", message=team.card(code))
    team.until(lambda: "· Published" in read(team.card(code)))
    assert len(team.on_network("Try again later")) == 1


def test_a_lost_answer_is_looked_up_and_nothing_is_posted_twice(team: Team) -> None:
    for kind in ("drop_after", "drop_before"):
        text = f"The connection broke: {kind}"
        code = drafted_with(team, Text=text, Accounts=["acme"])
        team.world.mastodon.fault(STATUSES, kind)
        team.bruno.slack.press("Publish now", message=team.card(code))
        team.until_card(code, "· Published")
        assert len(team.on_network(text)) == 1


def test_where_nobody_can_tell_a_member_is_asked_and_settles_it(desk: Desk, clock: Clock) -> None:
    with desk(now=clock) as team:
        for answer, text in (("It is live", "Is it there"), ("It is not, send it", "Is it not there")):
            code = drafted_with(team, Text=text, Accounts=["acme"])
            team.world.mastodon.fault(STATUSES, "drop_after" if answer == "It is live" else "drop_before")
            team.world.mastodon.fault("GET /api/v1/accounts/*/statuses", "status", times=20, status=403, body="{}")
            team.bruno.slack.press("Publish now", message=team.card(code))
            team.until_card(code, "nobody knows whether it stands there: please look")
            team.until_tele(code, "It is live", "It is not, send it", "Leave it")
            team.until_thread(code, f"I sent {code} to acme, no sure answer came")
            team.until_told(team.bruno, "dm", f"I sent {code} to acme")
            team.world.mastodon.calm()
            team.bruno.slack.press(answer, message=team.card(code))
            team.until_card(code, "· Published")
            assert len(team.on_network(text)) == 1


def test_a_lost_token_is_told_once_with_what_to_do(desk: Desk) -> None:
    with desk() as team:
        code = drafted_with(team, Text="No access", Accounts=["acme"])
        team.world.mastodon.act("settings", revoke_token="acme")
        team.bruno.slack.press("Publish now", message=team.card(code))
        team.until(lambda: "access to acme is lost" in team.thread(code))
        team.world.mastodon.act("settings", restore_token="acme")
        lost = team.until_told(team.dario, "review", "acme has lost access")
        team.dario.slack.press("Reconnect", message=lost)
        team.until(lambda: team.on_network("No access"))
        told = [m for m in flat(team.bruno.slack, "review") if "has lost access to its network" in read(m)]
        assert len(told) <= 1


def test_a_published_post_is_deleted_after_a_question(team: Team) -> None:
    code = drafted_with(team, Text="Delete me again", Accounts=["acme"])
    out(team, code, "Delete me again")
    delete = next(
        e
        for b in team.card(code)["blocks"]
        for e in b.get("elements", [])
        if e.get("text", {}).get("text") == "Delete on acme"
    )
    assert "cannot be undone" in str(delete["confirm"])
    team.bruno.slack.press("Delete on acme", message=team.card(code))
    team.until(lambda: not team.on_network("Delete me again"))
    team.until(lambda: "taken down" in read(team.card(code)))
