"""A person's consent becomes tokens of their Pages."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from platforms.contract import AccessLost, NotPermitted
from platforms.facebook.adapter import Facebook
from platforms.facebook.login import FacebookLogin
from platforms.spec import App, Keys
from support.patience import PATIENCE
from support.platform_facebook import FacebookBench

REDIRECT = "https://bot.example/oauth/facebook"


@pytest.fixture
def app(bench: FacebookBench) -> App:
    login = f"{bench.address}/dialog/facebook"
    return App("4000000001", "sandbox-meta-secret", f"{bench.address}/facebook", login)


def agreed(bench: FacebookBench, app: App) -> str:
    """The code that the network sends back for the consent."""
    bench.stage("settings", consent="agree")
    asked = requests.get(FacebookLogin().consent(app, REDIRECT, "a-state"), allow_redirects=False, timeout=PATIENCE)
    back = parse_qs(urlsplit(asked.headers["Location"]).query)
    assert back["state"] == ["a-state"]
    return back["code"][0]


def test_consent_gives_every_page_with_a_token_of_its_own(bench: FacebookBench, app: App) -> None:
    grants = FacebookLogin().exchange(app, agreed(bench, app), REDIRECT)
    assert [(grant.remote_id, grant.handle, grant.missing) for grant in grants] == [
        ("1001", "acme", ()),
        ("1002", "acme_it", ()),
    ]
    assert len({grant.token for grant in grants}) == 2
    assert all(grant.token not in repr(grant) for grant in grants)
    keys = Keys(grants[0].token, app_id=app.id, app_secret=app.secret)
    assert Facebook(base_url=app.base_url, keys=keys, options={}).whoami().remote_id == "1001"


def test_code_serves_once(bench: FacebookBench, app: App) -> None:
    code = agreed(bench, app)
    FacebookLogin().exchange(app, code, REDIRECT)
    with pytest.raises(AccessLost):
        FacebookLogin().exchange(app, code, REDIRECT)


def test_what_was_not_granted_is_missing(bench: FacebookBench, app: App) -> None:
    bench.stage("settings", withheld_scopes=["pages_messaging", "read_insights"])
    grants = FacebookLogin().exchange(app, agreed(bench, app), REDIRECT)
    assert {grant.missing for grant in grants} == {("pages_messaging", "read_insights")}


def test_ads_are_asked_for_where_an_account_pays_and_without_them_there_is_no_token_for_them(
    bench: FacebookBench, app: App
) -> None:
    paying = replace(app, advertises=True)
    assert not any(grant.ads_token for grant in FacebookLogin().exchange(app, agreed(bench, app), REDIRECT))
    grants = FacebookLogin().exchange(paying, agreed(bench, paying), REDIRECT)
    assert all(grant.ads_token and not grant.missing for grant in grants)
    bench.stage("settings", withheld_scopes=["ads_read"])
    grants = FacebookLogin().exchange(paying, agreed(bench, paying), REDIRECT)
    assert {(grant.ads_token, grant.missing) for grant in grants} == {("", ("ads_read",))}


def test_token_that_a_person_brings_serves_too(bench: FacebookBench, app: App) -> None:
    grants = FacebookLogin().take(app, "sandbox-user-token")
    assert [grant.remote_id for grant in grants] == ["1001", "1002"]
    assert all(grant.ads_token and grant.expires_at for grant in grants)


def test_token_that_is_none_is_lost(app: App) -> None:
    with pytest.raises(AccessLost):
        FacebookLogin().take(app, "never-issued")


def test_wrong_secret_is_a_persons_to_mend(app: App) -> None:
    with pytest.raises(NotPermitted, match="secret"):
        FacebookLogin().take(replace(app, secret="another"), "sandbox-user-token")


def test_pages_token_cannot_be_made_a_persons(app: App) -> None:
    with pytest.raises(AccessLost):
        FacebookLogin().take(app, "sandbox-page-token")


def test_renewal_is_a_new_consent(app: App) -> None:
    assert FacebookLogin().renew(app, "x") is None
