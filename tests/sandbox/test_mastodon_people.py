"""The pretend Mastodon: what visitors do, who sees what, notifications, blocks, mutes and reports."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import requests

from sandbox.mastodon.person import Visitor
from support.mastodon_client import ITALY, Api, error, opened, png
from support.patience import PATIENCE
from support.stage import Stage


@pytest.fixture
def api() -> Iterator[Api]:
    with opened() as api:
        yield api


@pytest.fixture
def nora(api: Api) -> Visitor:
    return Visitor(api.address, "nora")


def told(api: Api, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/api/v1/notifications", params=params).json()
    return found


def test_a_visitor_answers_and_we_are_told(api: Api, nora: Visitor) -> None:
    status = api.publish("Open on Sunday")
    reply = nora.reply(status["id"], "Nice!")
    assert [p["id"] for p in nora.replies_to(status["id"])] == [reply["id"]]
    notice = told(api)[0]
    assert (notice["type"], notice["status"]["id"], notice["account"]["acct"]) == ("mention", reply["id"], "nora")
    assert notice["status"]["in_reply_to_id"] == status["id"]


def test_what_was_posted_on_an_earlier_run_has_its_id_again(api: Api, nora: Visitor) -> None:
    stage = Stage(api.address)
    root = stage.visit("post", "acme", text="We bake at dawn.", id="135976845456048128")
    reply = stage.visit("post", "nora", text="@acme Really?", id="135976845469941760", reply_to=root["id"])
    assert (root["id"], reply["id"]) == ("135976845456048128", "135976845469941760")
    assert [p["id"] for p in nora.replies_to(root["id"])] == [reply["id"]]


def test_who_was_here_on_an_earlier_run_has_their_id_again(api: Api) -> None:
    stage = Stage(api.address)
    stage.act("person", **{"as": "acme", "id": "117708035774676992"})
    assert api.get("/api/v1/accounts/verify_credentials").json()["id"] == "117708035774676992"
    posted = stage.visit("post", "acme", text="We bake at dawn.")["id"]
    assert api.get(f"/api/v1/statuses/{posted}").json()["account"]["id"] == "117708035774676992"
    late = requests.post(f"{api.address}/_/person", json={"as": "acme", "id": "1"}, timeout=PATIENCE)
    assert late.status_code == 409


def test_every_kind_of_attention_is_told_and_can_be_chosen(api: Api, nora: Visitor) -> None:
    status = api.publish("hello")
    nora.favourite(status["id"])
    nora.boost(status["id"])
    nora.follow("acme")
    nora.mention("acme", "hi")
    assert [n["type"] for n in told(api)] == ["mention", "follow", "reblog", "favourite"]
    assert [n["type"] for n in told(api, **{"types[]": ["mention", "follow"]})] == ["mention", "follow"]
    assert [n["type"] for n in told(api, **{"exclude_types[]": "follow"})] == ["mention", "reblog", "favourite"]


def test_min_id_walks_forward_without_gaps_and_since_id_takes_the_newest(api: Api, nora: Visitor) -> None:
    for number in range(5):
        nora.mention("acme", str(number))
    ids = [n["id"] for n in told(api)]
    assert [n["id"] for n in told(api, min_id=ids[4], limit=2)] == [ids[2], ids[3]]
    assert [n["id"] for n in told(api, since_id=ids[4], limit=2)] == [ids[0], ids[1]]
    assert [n["id"] for n in told(api, max_id=ids[1], limit=2)] == [ids[2], ids[3]]


def test_the_link_header_leads_to_the_end_and_back(api: Api, nora: Visitor) -> None:
    for number in range(5):
        nora.mention("acme", str(number))
    pages, url = [], f"{api.address}/api/v1/notifications?limit=2&types[]=mention"
    while url:
        answer = requests.get(url, headers=api.headers, timeout=PATIENCE)
        pages.append([n["id"] for n in answer.json()])
        back = answer.links["prev"]["url"]
        url = answer.links["next"]["url"] if "next" in answer.links else ""
    assert [len(page) for page in pages] == [2, 2, 1]
    assert all(older[0] < newer[-1] for newer, older in pairwise(pages))
    assert [n["id"] for n in requests.get(back, headers=api.headers, timeout=PATIENCE).json()] == pages[1]


def test_an_empty_page_has_no_link(api: Api) -> None:
    assert "Link" not in api.get("/api/v1/notifications").headers


def test_notifications_are_dismissed_and_cleared(api: Api, nora: Visitor) -> None:
    for number in range(3):
        nora.mention("acme", str(number))
    first = told(api)[0]["id"]
    assert Api(api.address, ITALY).post(f"/api/v1/notifications/{first}/dismiss").status_code == 404
    assert api.post(f"/api/v1/notifications/{first}/dismiss").status_code == 200
    assert len(told(api)) == 2
    api.post("/api/v1/notifications/clear")
    assert told(api) == []


def test_a_deleted_comment_takes_its_notification_along(api: Api, nora: Visitor) -> None:
    comment = nora.mention("acme", "oops")
    nora.delete(comment["id"])
    assert told(api) == []


def test_an_edited_comment_is_told_once_and_shows_its_new_text(api: Api, nora: Visitor) -> None:
    comment = nora.mention("acme", "frist")
    nora.edit(comment["id"], "@acme first")
    assert ["first" in n["status"]["content"] for n in told(api)] == [True]


def test_paused_notifications_arrive_later_and_doubled_ones_twice(api: Api, nora: Visitor) -> None:
    api.stage("settings", notifications="paused")
    nora.mention("acme", "one")
    assert told(api) == []
    api.stage("settings", notifications="doubled")
    nora.mention("acme", "two")
    assert len(told(api)) == 3


def test_a_private_mention_from_a_stranger_is_filtered_unless_it_answers(api: Api, nora: Visitor) -> None:
    nora.mention("acme", "psst", visibility="direct")
    assert told(api) == []
    assert len(told(api, include_filtered="true")) == 1
    ours = api.publish("@nora yes?", visibility="direct")
    nora.reply(ours["id"], "thanks", visibility="direct")
    assert len(told(api)) == 1


@pytest.mark.parametrize(
    ("visibility", "stranger", "mentioned", "follower"),
    [
        ("public", True, True, True),
        ("unlisted", True, True, True),
        ("private", False, True, True),
        ("direct", False, True, False),
    ],
)
def test_visitors_see_only_what_they_may(
    api: Api, visibility: str, stranger: bool, mentioned: bool, follower: bool
) -> None:
    Visitor(api.address, "pia").follow("acme")
    api.publish("@nora secret", visibility=visibility)
    seen = {name: Visitor(api.address, name).find("secret") is not None for name in ("oleg", "nora", "pia")}
    assert seen == {"oleg": stranger, "nora": mentioned, "pia": follower}


def test_what_a_visitor_cannot_see_it_can_neither_answer_nor_like(api: Api, nora: Visitor) -> None:
    hidden = api.publish("secret", visibility="private")["id"]
    with pytest.raises(requests.HTTPError, match="Nora cannot see that post"):
        nora.favourite(hidden)
    answer = api.stage("visit/post", **{"as": "nora", "text": "hm", "reply_to": hidden})
    assert (answer.status_code, answer.json()["error"]) == (
        409,
        "The post you are trying to reply to does not appear to exist.",
    )


def test_a_visitor_is_refused_in_sentences(api: Api, nora: Visitor) -> None:
    ours = api.publish("hello")["id"]
    with pytest.raises(requests.HTTPError, match="not by Nora"):
        nora.delete(ours)
    with pytest.raises(requests.HTTPError, match="nobody called zoe"):
        Visitor(api.address, "zoe").post("hi")
    assert api.stage("visit/post", text="x").json()["error"] == "The field 'as' is missing."
    assert api.stage("settings", colour="red").json()["error"] == "There is no setting called colour."


def test_a_visitor_posts_pictures_and_warnings(api: Api, nora: Visitor, tmp_path: Any) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(png())
    made = nora.post("look", warning="food", media=[picture])
    assert (made["warning"], made["media"][0]["type"]) == ("food", "image")


def test_blocking_removes_and_refuses(api: Api, nora: Visitor) -> None:
    ours = api.publish("hello")["id"]
    nora.follow("acme")
    nora.reply(ours, "you fools")
    who = api.account("nora")
    relation = api.post(f"/api/v1/accounts/{who}/block").json()
    assert (relation["blocking"], relation["followed_by"]) == (True, False)
    assert told(api) == []
    assert api.get(f"/api/v1/statuses/{ours}/context").json()["descendants"] == []
    assert nora.timeline("acme") == []
    nora.mention("acme", "again")
    assert told(api) == []
    with pytest.raises(requests.HTTPError):
        nora.follow("acme")
    assert api.state()["blocks"] == [["acme", "nora"]]
    assert not api.post(f"/api/v1/accounts/{who}/unblock").json()["blocking"]
    assert nora.timeline("acme")


def test_a_mute_runs_out(api: Api, nora: Visitor) -> None:
    who = api.account("nora")
    api.stage("clock", stopped=True)
    relation = api.post(f"/api/v1/accounts/{who}/mute", json={"duration": 60}).json()
    assert relation["muting"]
    assert relation["muting_expires_at"]
    nora.mention("acme", "hey")
    assert told(api) == []
    api.stage("clock", advance=61)
    assert not api.get("/api/v1/accounts/relationships", params={"id[]": who}).json()[0]["muting"]
    nora.mention("acme", "hey")
    assert len(told(api)) == 1


def test_a_muted_conversation_is_silent(api: Api, nora: Visitor) -> None:
    ours = api.publish("hello")["id"]
    api.post(f"/api/v1/statuses/{ours}/mute")
    nora.reply(ours, "hey")
    assert told(api) == []


def test_a_report_is_filed(api: Api, nora: Visitor) -> None:
    comment = nora.mention("acme", "buy now")
    who = api.account("nora")
    body = {"account_id": who, "status_ids": [comment["id"]], "category": "spam", "comment": "ads"}
    assert api.post("/api/v1/reports", json=body).json()["category"] == "spam"
    filed = api.state()["reports"][0]
    assert (filed["by"], filed["target"], filed["status_ids"]) == ("acme", "nora", [comment["id"]])
    assert error(api.post("/api/v1/reports", json={"account_id": "0"})) == (404, "Record not found")
    assert api.post("/api/v1/reports", json={"account_id": who, "category": "ugly"}).status_code == 422


def test_statuses_of_an_account_leave_out_what_is_not_asked(api: Api, nora: Visitor) -> None:
    theirs = nora.post("hello world")
    ours = api.publish("one")
    api.publish("two", in_reply_to_id=ours["id"])
    api.publish("@nora three", in_reply_to_id=theirs["id"])
    api.post(f"/api/v1/statuses/{theirs['id']}/reblog")
    path = f"/api/v1/accounts/{api.account('acme')}/statuses"
    assert len(api.get(path).json()) == 4
    assert len(api.get(path, params={"exclude_reblogs": "true"}).json()) == 3
    kept = api.get(path, params={"exclude_reblogs": "true", "exclude_replies": "true"}).json()
    assert ["two" in s["content"] for s in kept] == [True, False]
    assert len(api.get(path, params={"since_id": ours["id"]}).json()) == 3


def test_a_visitor_from_another_server_is_named_with_it(api: Api) -> None:
    Visitor(api.address, "pia").mention("acme", "ciao")
    notice = told(api)[0]
    assert notice["account"]["acct"] == "pia@elsewhere.example"
    found = api.get("/api/v2/search", params={"q": notice["status"]["url"], "resolve": "true"}).json()
    assert [s["id"] for s in found["statuses"]] == [notice["status"]["id"]]
    ours = api.publish("@pia@elsewhere.example ciao!")
    assert ours["mentions"][0]["acct"] == "pia@elsewhere.example"


def test_the_page_of_a_status_is_public_like_the_status(api: Api) -> None:
    shown = requests.get(api.publish("hello <b>")["url"], timeout=PATIENCE)
    assert "hello &lt;b&gt;" in shown.text
    assert requests.get(api.publish("secret", visibility="private")["url"], timeout=PATIENCE).status_code == 404


def test_waiting_for_something_ends(api: Api, nora: Visitor) -> None:
    api.publish("hello")
    found = nora.wait_for(lambda visitor: visitor.find("hello"), 2)
    assert found
    assert found["text"] == "hello"
    with pytest.raises(TimeoutError):
        nora.wait_for(lambda visitor: visitor.find("nothing"), 0.1)


def test_a_reset_empties_everything(api: Api, nora: Visitor) -> None:
    nora.mention("acme", "hey")
    api.stage("settings", max_characters=10)
    api.stage("reset")
    state = api.state()
    assert (state["timeline"], state["notices"], state["max_characters"]) == ([], [], 500)
