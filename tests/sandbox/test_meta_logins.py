"""The pretend Meta's Instagram Login and Threads login: consent, code, short token, long token, refresh."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from support.meta_client import Graph, opened, refusal
from support.meta_instagram import (
    ACCOUNT,
    INSTAGRAM_APP,
    INSTAGRAM_SECRET,
    THREADS_APP,
    THREADS_SECRET,
    THREADS_USER,
)
from support.patience import PATIENCE

BACK = "http://127.0.0.1:9/back"
HOUR, DAY = 3600, 24 * 3600


@dataclass
class Login:
    """One product's way in; `exchange` is where codes are exchanged, `grant` begins the names of its grants."""

    graph: Graph
    product: str
    app: str
    secret: str
    exchange: str
    grant: str
    scope: str
    owner: str

    def host(self, path: str, **query: str) -> Any:
        """GET an unversioned path of the product's graph."""
        return requests.get(f"{self.graph.address}/{self.product}/{path}", params=query, timeout=PATIENCE).json()

    def window(self, **more: str) -> requests.Response:
        """The window of consent, agreed to at once."""
        self.graph.stage("settings", consent=more.pop("consent", "agree"))
        query = {"client_id": self.app, "redirect_uri": BACK, "response_type": "code", "scope": self.scope} | more
        address = f"{self.graph.address}/dialog/{self.product}/oauth/authorize"
        return requests.get(address, params=query, timeout=PATIENCE, allow_redirects=False)

    def code(self) -> str:
        """The code of a consent."""
        return parse_qs(urlsplit(self.window().headers["Location"]).query)["code"][0]

    def token(self, code: str, **more: str) -> Any:
        """What the exchange of a code answers."""
        form = {
            "client_id": self.app, "client_secret": self.secret, "grant_type": "authorization_code",
            "redirect_uri": BACK, "code": code,
        } | more  # fmt: skip
        return requests.post(f"{self.graph.address}/{self.exchange}", data=form, timeout=PATIENCE).json()

    def long(self, short: str) -> Any:
        """A long token for a short one."""
        return self.host(
            "access_token", grant_type=f"{self.grant}_exchange_token", client_secret=self.secret, access_token=short
        )

    def refresh(self, token: str) -> Any:
        """A long token made new."""
        return self.host("refresh_access_token", grant_type=f"{self.grant}_refresh_token", access_token=token)


@pytest.fixture(params=["instagram", "threads"])
def login(request: pytest.FixtureRequest) -> Iterator[Login]:
    with opened() as graph:
        if request.param == "instagram":
            yield Login(
                graph, "instagram", INSTAGRAM_APP, INSTAGRAM_SECRET, "api.instagram/oauth/access_token", "ig",
                "instagram_business_basic,instagram_business_manage_comments", ACCOUNT,
            )  # fmt: skip
        else:
            yield Login(
                graph, "threads", THREADS_APP, THREADS_SECRET, "threads/oauth/access_token", "th",
                "threads_basic,threads_content_publish", THREADS_USER,
            )  # fmt: skip


def test_a_code_becomes_a_short_token_and_that_a_long_one(login: Login) -> None:
    answer = login.window(state="x1")
    assert answer.status_code == 302
    back = urlsplit(answer.headers["Location"])
    assert back.fragment == "_"
    assert parse_qs(back.query)["state"] == ["x1"]
    short = login.token(parse_qs(back.query)["code"][0])
    me = login.host("me", access_token=short["access_token"], fields="username")
    assert (me["username"], me["id"]) == ("acme", short["user_id"])
    long = login.long(short["access_token"])
    assert (long["token_type"], long["expires_in"]) == ("bearer", 60 * DAY)
    login.graph.advance(HOUR + 1)
    assert refusal(login.host("me", access_token=short["access_token"])) == (190, 463)
    assert login.host("me", access_token=long["access_token"], fields="username")["username"] == "acme"


def test_a_long_token_is_made_new_after_a_day_and_before_it_ends(login: Login) -> None:
    short = login.token(login.code())["access_token"]
    long = login.long(short)["access_token"]
    assert refusal(login.refresh(short)) == (100, 0)
    assert refusal(login.refresh(long)) == (100, 0)
    login.graph.advance(DAY)
    new = login.refresh(long)
    assert new["expires_in"] == 60 * DAY
    login.graph.advance(59 * DAY + 1)
    assert refusal(login.refresh(long)) == (190, 463)
    assert login.refresh(new["access_token"])["access_token"]


def test_codes_are_for_one_app_one_address_and_one_use(login: Login) -> None:
    code = login.code()
    assert refusal(login.token(code, redirect_uri="http://127.0.0.1:9/other"))[0] == 100
    code = login.code()
    assert refusal(login.token(code, client_secret="wrong"))[0] == 1
    assert refusal(login.token(code, client_id="4000000001", client_secret="sandbox-meta-secret"))[0] == 101
    assert login.token(code)["access_token"]
    assert refusal(login.token(code))[0] == 100
    assert refusal(login.host("access_token", grant_type="wrong", client_secret="x", access_token="x"))[0] == 190


def test_a_long_token_is_not_exchanged_again(login: Login) -> None:
    long = login.long(login.token(login.code())["access_token"])["access_token"]
    assert refusal(login.long(long)) == (100, 0)
    wrong = login.host(
        "access_token", grant_type=f"{login.grant}_exchange_token", client_secret="wrong", access_token=long
    )
    assert refusal(wrong) == (1, 0)


def test_the_token_has_the_scopes_that_were_granted(login: Login) -> None:
    kept, withheld = login.scope.split(",")
    login.graph.stage("settings", withheld_scopes=[withheld])
    answer = login.token(login.code())
    scopes = next(t["scopes"] for t in login.graph.state()["tokens"] if t["token"] == answer["access_token"])
    assert scopes == [kept]


def test_who_refuses_comes_back_without_a_code(login: Login) -> None:
    query = parse_qs(urlsplit(login.window(consent="deny").headers["Location"]).query)
    assert query["error"] == ["access_denied"]
    assert "code" not in query
    assert refusal(login.window(scope="everything").json())[0] == 100


def test_a_token_is_for_its_own_host(login: Login) -> None:
    token = login.token(login.code())["access_token"]
    elsewhere = requests.get(
        f"{login.graph.address}/facebook/v26.0/me", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
    )
    assert refusal(elsewhere.json()) == (190, 0)


def test_instagram_tells_permissions_and_may_wrap_its_answer() -> None:
    with opened() as graph:
        login = Login(
            graph, "instagram", INSTAGRAM_APP, INSTAGRAM_SECRET, "api.instagram/oauth/access_token", "ig",
            "instagram_business_basic", ACCOUNT,
        )  # fmt: skip
        plain = login.token(login.code())
        assert plain["permissions"] == "instagram_business_basic"
        graph.stage("settings", wrapped_exchange=True)
        assert login.token(login.code())["data"][0].keys() == plain.keys()


def test_threads_tells_about_a_token() -> None:
    with opened() as graph:
        login = Login(
            graph, "threads", THREADS_APP, THREADS_SECRET, "threads/oauth/access_token", "th", "threads_basic",
            THREADS_USER,
        )  # fmt: skip
        token = login.token(login.code())["access_token"]
        found = login.host("debug_token", input_token=token, access_token=token)["data"]
        assert (found["is_valid"], found["scopes"], found["user_id"]) == (True, ["threads_basic"], THREADS_USER)
