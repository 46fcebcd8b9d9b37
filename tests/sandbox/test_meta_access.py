"""The pretend Meta: versions, tokens of each kind, scopes, proofs, consent, listings and disturbances."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from support.meta_client import ADS, APP, APP_TOKEN, PAGE, PAGE_TOKEN, SECRET, USER, Graph, opened, refusal
from support.patience import PATIENCE

BACK = "http://127.0.0.1/back"


@pytest.fixture
def graph() -> Iterator[Graph]:
    with opened() as graph:
        yield graph


def agreed(graph: Graph, product: str = "facebook", client: str = APP, **more: str) -> dict[str, list[str]]:
    """What the consent window sends back to the app."""
    asked = {"client_id": client, "redirect_uri": BACK, "response_type": "code", "state": "s", **more}
    window = f"{graph.address}/dialog/{product}/v26.0/dialog/oauth"
    answer = requests.get(window, params=asked, allow_redirects=False, timeout=PATIENCE)
    if answer.status_code == 200:
        answer = requests.post(
            window, params=asked, data={"decision": "agree"}, allow_redirects=False, timeout=PATIENCE
        )
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def test_a_version_that_is_not_there_is_refused(graph: Graph) -> None:
    assert refusal(Graph(graph.address, host="facebook/v19.0").get(PAGE)) == (2635, 0)
    assert refusal(graph.of(PAGE_TOKEN, host="threads/v26.0").get(PAGE)) == (2635, 0)
    assert Graph(graph.address, host="facebook/v25.0").get(PAGE)["name"] == "Acme"


def test_no_token_and_a_wrong_one_are_refused(graph: Graph) -> None:
    assert refusal(graph.of("", secret="").get("me")) == (190, 0)
    assert refusal(graph.of("wrong").get("me")) == (190, 0)
    assert refusal(graph.of("sandbox-threads-token").get("me")) == (190, 0)


@pytest.mark.parametrize("subcode", [458, 459, 460, 467])
def test_a_token_that_ended_early_says_why(graph: Graph, subcode: int) -> None:
    graph.stage("token", owner=PAGE, end=subcode)
    assert refusal(graph.get(PAGE)) == (190, subcode)
    graph.stage("token", owner=PAGE, end=0)
    assert graph.get(PAGE)["id"] == PAGE


def test_a_token_expires_by_the_clock(graph: Graph) -> None:
    user = graph.of(USER)
    assert user.get("me")["id"] == "2001"
    graph.advance(61 * 86400)
    assert refusal(user.get("me")) == (190, 463)
    assert graph.get(PAGE)["id"] == PAGE


def test_a_proof_is_required_and_checked(graph: Graph) -> None:
    assert refusal(graph.of(PAGE_TOKEN, secret="").get(PAGE)) == (100, 0)
    assert refusal(graph.of(PAGE_TOKEN, secret="another").get(PAGE)) == (100, 0)
    graph.stage("settings", proof_required=False)
    assert graph.of(PAGE_TOKEN, secret="").get(PAGE)["id"] == PAGE
    assert refusal(graph.of(PAGE_TOKEN, secret="another").get(PAGE)) == (100, 0)


def test_a_page_call_needs_a_page_token(graph: Graph) -> None:
    for token in (USER, ADS):
        assert refusal(graph.of(token).post(f"{PAGE}/feed", message="x")) == (190, 2069032)


def test_a_missing_scope_is_refused_with_its_name(graph: Graph) -> None:
    graph.stage("token", owner=PAGE, revoke=["pages_manage_posts", "read_insights"])
    answer = graph.post(f"{PAGE}/feed", message="x")
    assert refusal(answer) == (200, 0)
    assert "pages_manage_posts" in answer["error"]["message"]
    assert refusal(graph.get(f"{PAGE}/insights", metric="page_media_view")) == (10, 0)
    graph.stage("token", owner=PAGE, grant=["pages_manage_posts"])
    assert graph.post(f"{PAGE}/feed", message="x")["id"].startswith(f"{PAGE}_")


def test_the_token_of_another_page_does_not_see_this_ones_posts(graph: Graph) -> None:
    post = graph.post(f"{PAGE}/feed", message="x")["id"]
    other = graph.of("sandbox-second-page-token")
    assert refusal(other.delete(post)) == (100, 33)
    assert refusal(other.post(f"{PAGE}/feed", message="x")) == (100, 33)


def test_a_user_token_leads_to_the_pages_and_their_tokens(graph: Graph) -> None:
    fields = "id,name,tasks,access_token,instagram_business_account{id}"
    rows = graph.of(USER).get("me/accounts", fields=fields)["data"]
    assert [(row["name"], row["access_token"]) for row in rows] == [
        ("Acme", PAGE_TOKEN),
        ("Acme Italia", "sandbox-second-page-token"),
    ]
    assert rows[0]["instagram_business_account"]["id"] == "17841400000000001"
    assert "CREATE_CONTENT" in rows[0]["tasks"]
    assert graph.of(USER).get(PAGE, fields="access_token")["access_token"] == PAGE_TOKEN


def test_consent_gives_a_code_that_becomes_a_short_and_then_a_long_token(graph: Graph) -> None:
    back = agreed(graph, scope="pages_show_list,pages_manage_posts")
    assert back["state"] == ["s"]
    client = {"client_id": APP, "client_secret": SECRET}
    anyone = graph.of("", secret="")
    asked = client | {"redirect_uri": BACK, "code": back["code"][0]}
    short = anyone.get("oauth/access_token", **asked)
    assert short["expires_in"] <= 3600
    assert "error" in anyone.get("oauth/access_token", **asked)
    grant = client | {"grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
    long = anyone.get("oauth/access_token", **grant)
    assert long["expires_in"] > 5_000_000
    granted = graph.of(long["access_token"]).get("me/permissions", limit=100)["data"]
    assert {"permission": "pages_manage_posts", "status": "granted"} in granted
    assert {"permission": "read_insights", "status": "declined"} in granted
    page = graph.of(long["access_token"]).get("me/accounts", fields="access_token")["data"][0]["access_token"]
    told = graph.of(APP_TOKEN).get("debug_token", input_token=page)["data"]
    assert (told["type"], told["profile_id"], told["expires_at"]) == ("PAGE", PAGE, 0)
    graph.advance(3601)
    assert refusal(graph.of(short["access_token"]).get("me")) == (190, 463)
    assert refusal(anyone.get("oauth/access_token", **grant)) == (190, 463)


def test_a_person_may_deny_or_withhold_a_scope(graph: Graph) -> None:
    graph.stage("settings", consent="agree", withheld_scopes=["pages_manage_posts"])
    code = agreed(graph, scope="pages_show_list,pages_manage_posts")["code"][0]
    asked = {"client_id": APP, "client_secret": SECRET, "redirect_uri": BACK, "code": code}
    token = graph.of("", secret="").get("oauth/access_token", **asked)["access_token"]
    told = graph.of(APP_TOKEN).get("debug_token", input_token=token)["data"]
    assert set(told["scopes"]) == {"pages_show_list", "public_profile"}
    graph.stage("settings", consent="deny")
    assert agreed(graph)["error"] == ["access_denied"]


@pytest.mark.parametrize(("product", "client"), [("instagram", "4000000002"), ("threads", "4000000003")])
def test_every_product_has_its_window_and_its_app(graph: Graph, product: str, client: str) -> None:
    assert agreed(graph, product, client)["code"]
    window = f"{graph.address}/dialog/{product}/oauth/authorize"
    answer = requests.get(window, params={"client_id": APP, "redirect_uri": BACK}, timeout=PATIENCE)
    assert refusal(answer.json()) == (101, 0)


def test_unknown_fields_parameters_and_values_are_refused(graph: Graph) -> None:
    assert refusal(graph.get(PAGE, fields="id,nmae")) == (100, 0)
    assert refusal(graph.get(PAGE, fields="id,cover{")) == (2500, 0)
    assert refusal(graph.post(f"{PAGE}/feed", message="x", mesage="y")) == (100, 0)
    assert refusal(graph.post(f"{PAGE}/feed", message="x", unpublished_content_type="LATER")) == (100, 0)
    assert refusal(graph.post(f"{PAGE}/feed", message="x", published="perhaps")) == (100, 0)
    assert graph.post(f"{PAGE}/photo_stories")["error"]["message"] == "(#100) The parameter photo_id is required"
    assert refusal(graph.post(f"{PAGE}/walls", message="x")) == (2500, 0)
    assert refusal(graph.get("99999")) == (100, 33)


def test_parameters_come_as_json_too(graph: Graph) -> None:
    graph.stage("settings", proof_required=False)
    body: dict[str, Any] = {
        "access_token": PAGE_TOKEN,
        "message": "x",
        "published": False,
        "targeting": {"geo_locations": {}},
    }
    answer = requests.post(f"{graph.address}/facebook/v26.0/{PAGE}/feed", json=body, timeout=PATIENCE)
    assert graph.get(answer.json()["id"], fields="is_published")["is_published"] is False


def test_listings_have_pages_with_cursors(graph: Graph) -> None:
    made = [graph.post(f"{PAGE}/feed", message=f"post {n}")["id"] for n in range(5)][::-1]
    path = f"{PAGE}/published_posts"
    first = graph.get(path, limit=2, fields="id")
    after = first["paging"]["cursors"]["after"]
    second = graph.get(path, limit=2, fields="id", after=after)
    third = graph.get(path, limit=2, fields="id", after=second["paging"]["cursors"]["after"])
    seen = [row["id"] for part in (first, second, third) for row in part["data"]]
    assert seen == made
    assert "next" in second["paging"]
    assert "next" not in third["paging"]
    assert graph.get(path, limit=2, before=third["paging"]["cursors"]["before"], fields="id")["data"] == second["data"]
    graph.delete(second["data"][-1]["id"])
    assert graph.get(path, fields="id", after=second["paging"]["cursors"]["after"])["data"] == third["data"]
    graph.stage("settings", omit_next=True)
    assert "next" not in graph.get(path, limit=2)["paging"]


def test_usage_is_told_on_some_replies_and_a_call_can_be_throttled(graph: Graph) -> None:
    headers = [graph.call("GET", PAGE).headers for _ in range(10)]
    assert 0 < len([h for h in headers if "X-App-Usage" in h]) < 10
    graph.stage("clock", stopped=True)
    graph.stage("usage", percent=95)
    assert '"call_count": 95' in graph.call("GET", PAGE).headers["X-Business-Use-Case-Usage"]
    graph.stage("usage", percent=100, minutes=19)
    refused = graph.call("POST", f"{PAGE}/feed", message="x")
    assert refusal(refused.json()) == (80001, 0)
    assert '"estimated_time_to_regain_access": 19' in refused.headers["X-Business-Use-Case-Usage"]
    graph.advance(19 * 60)
    assert graph.get(f"{PAGE}/published_posts")["data"] == []
    graph.stage("fail", match="POST */feed", code=80001, times=2, minutes=7)
    for _ in range(2):
        refused = graph.call("POST", f"{PAGE}/feed", message="x")
        assert refusal(refused.json()) == (80001, 0)
        assert '"estimated_time_to_regain_access": 7' in refused.headers["X-Business-Use-Case-Usage"]
    assert "id" in graph.post(f"{PAGE}/feed", message="x")


def test_a_call_can_succeed_and_still_be_answered_with_an_error(graph: Graph) -> None:
    graph.stage("fail", match="POST */feed", code=1, status=500, is_transient=True, after=True)
    answer = graph.call("POST", f"{PAGE}/feed", message="done after all")
    assert (answer.status_code, answer.json()["error"]["is_transient"]) == (500, True)
    assert graph.get(f"{PAGE}/published_posts")["data"][0]["message"] == "done after all"


def test_the_faults_of_every_sandbox_work_here_too(graph: Graph) -> None:
    graph.stage("faults", match=f"POST /facebook/v26.0/{PAGE}/feed", kind="drop_after")
    with pytest.raises(requests.ConnectionError):
        graph.post(f"{PAGE}/feed", message="dropped")
    assert graph.get(f"{PAGE}/published_posts")["data"][0]["message"] == "dropped"


def test_a_reset_begins_anew(graph: Graph) -> None:
    graph.post(f"{PAGE}/feed", message="x")
    graph.stage("token", owner=PAGE, revoke=["pages_manage_posts"])
    graph.stage("reset")
    assert graph.get(f"{PAGE}/published_posts") == {"data": []}
    assert "id" in graph.post(f"{PAGE}/feed", message="x")
