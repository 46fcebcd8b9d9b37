"""Every process goes on with what was connected last: the adapter is swapped, and no stale one tells of a loss."""

from datetime import timedelta

from bot.networks import Builder
from bot.settings import Settings
from handlers.delivery import access
from handlers.delivery.checking import AGAIN
from models.account import Access, Account
from models.delivery import Delivery, DeliveryState
from platforms.contract import AccessLost, AdsAccessLost, Boosts
from support.inbox_bench import InboxBench
from support.meta_desk import KEY, OLD_KEY, MetaDesk, settings_on
from support.plans import explained
from support.stage import Stage


def connect(page: MetaDesk) -> None:
    """The account "page" is the Page Acme; nobody has noticed yet."""
    page.connect()
    page.choose("(@acme)")


def access_of(page: MetaDesk) -> str:
    return page.desk.rows(Account, Account.name == "page")[0].access


def test_what_was_connected_is_taken_over_by_each_process_at_its_next_look(page: MetaDesk) -> None:
    here, before = page.accounts["page"], page.accounts["italy"]
    connect(page)
    another = MetaDesk(page.desk, page.meta, page.settings)
    for process in (page, another):
        assert process.keyring.look() == ["page"]
        assert process.keyring.look() == []
        assert process.accounts["page"].platform.whoami().remote_id == "1001"
    assert page.accounts["page"].platform is not here.platform
    assert page.accounts["italy"] is before


def test_connecting_again_is_noticed_too(page: MetaDesk) -> None:
    connect(page)
    page.keyring.look()
    page.met("page")
    page.connect()
    assert page.keyring.look() == ["page"]
    assert page.accounts["page"].version == 2


def test_what_a_network_refuses_is_held_until_an_admin_connects_it_and_then_leaves(page: MetaDesk) -> None:
    with page.desk.store.write() as session:
        row = Delivery(kind="reply", lane="account:page", payload={}, due_at=page.desk.now, created_at=page.desk.now)
        row.state, row.error = DeliveryState.HELD.value, AccessLost.__name__
        session.add(row)
    page.keep(lambda desk: access.lost(desk, "page", AccessLost("it has no token yet")))
    assert access_of(page) == Access.LOST
    card = page.last()
    assert "page is cut off from its network (it has no token yet)" in card.body[0].spans[0].text
    (button,) = card.buttons
    assert (button.label, button.verb, button.value) == ("Reconnect", "connect", "page")
    page.desk.act(page.desk.pressed("Dario", button))
    page.come_back(page.agree(page.way()))
    page.choose("(@acme)")
    page.keyring.look()
    page.met("page")
    assert access_of(page) == Access.GOOD
    assert page.desk.posted("page is connected again.") == 1


def test_a_process_that_has_an_older_token_leaves_the_account_alone(page: MetaDesk) -> None:
    connect(page)
    other = MetaDesk(page.desk, page.meta, page.settings)
    other.keep(lambda desk: access.lost(desk, "page", AccessLost("expired")))
    assert access_of(page) == Access.UNKNOWN
    other.keyring.look()
    other.keep(lambda desk: access.lost(desk, "page", AccessLost("expired"), 0))  # told by what was asked before
    assert access_of(page) == Access.UNKNOWN
    other.keep(lambda desk: access.lost(desk, "page", AccessLost("expired")))
    assert access_of(page) == Access.LOST


def test_a_token_put_into_the_settings_later_counts_and_an_earlier_one_does_not(desk: InboxBench, meta: Stage) -> None:
    def told(token: str) -> MetaDesk:
        accounts = {"page": {"platform": "facebook", "token": token}} if token else {"page": {"platform": "facebook"}}
        return MetaDesk(desk, meta, settings_on(meta.address, accounts=accounts))

    page = told("an-old-token")
    connect(page)
    page.keyring.look()
    assert page.accounts["page"].platform.whoami().remote_id == "1001"
    page = told("sandbox-second-page-token")
    assert page.keyring.look() == []
    assert page.accounts["page"].platform.whoami().remote_id == "1002"
    page = told("")
    page.keyring.look()
    assert page.accounts["page"].platform.whoami().remote_id == "1001"


def test_what_cannot_be_opened_is_named_and_opens_once_the_key_is_back(page: MetaDesk) -> None:
    connect(page)
    lost = MetaDesk(page.desk, page.meta, settings_on(page.meta.address, desk={"name": "Acme", "secret_key": OLD_KEY}))
    assert lost.keyring.look() == []
    assert lost.keyring.unopened == {
        "page": "its token was sealed with another key than BOTTEGA_DESK__SECRET_KEY",
    }
    assert not lost.accounts["page"].has_token
    keys = f"{OLD_KEY} {KEY}"
    back = MetaDesk(page.desk, page.meta, settings_on(page.meta.address, desk={"name": "Acme", "secret_key": keys}))
    assert back.keyring.look() == ["page"]


def test_a_look_where_nothing_is_new_is_one_query(page: MetaDesk) -> None:
    connect(page)
    page.keyring.look()
    with explained() as seen:
        page.keyring.look()
    assert len({statement for statement, _ in seen}) == 1
    assert not any("sealed" in statement for statement, _ in seen)


def test_an_app_and_its_addresses_reach_the_adapter(page: MetaDesk) -> None:
    own = Builder(page.settings, networks=page.logins.networks)("page", {"token": "sandbox-page-token"})
    assert own.platform.whoami().handle == "acme"  # the sandbox wants appsecret_proof


def test_a_token_for_ads_in_the_settings_pays_where_the_credential_has_none() -> None:
    own = {"platform": "facebook", "token": "a", "options": {"ad_account": "act_5001"}}
    settings = Settings.model_validate({"accounts": {"page": own | {"ads_token": "b"}, "unpaid": own}})
    build = Builder(settings)
    assert build("page").platform.can.boosts
    assert build("page", {"token": "c"}).platform.can.boosts
    assert not build("unpaid").platform.can.boosts
    assert build("unpaid", {"token": "c", "ads_token": "d"}).platform.can.boosts


ADS = {"options": {"ad_account": "act_5001"}}


def test_a_lost_token_for_ads_is_asked_about_at_once_when_an_admin_has_connected_the_account(
    desk: InboxBench, meta: Stage
) -> None:
    meta.act("reset")
    accounts = {"page": {"platform": "facebook", "token": "sandbox-page-token", "ads_token": "an-old-one", **ADS}}
    page = MetaDesk(desk, meta, settings_on(meta.address, accounts=accounts))
    page.keep(lambda desk: access.ads_lost(desk, "page", "The session has been invalidated"))
    card = page.last()
    assert "puts a new token into ads_token of [accounts.page]" in card.body[0].spans[0].text
    (button,) = card.buttons
    assert (button.label, button.verb, button.value) == ("Reconnect", "connect", "page")
    desk.wait(AGAIN)
    assert lost_for_ads(page), "it is no token still"
    connect(page)
    assert page.keyring.look() == ["page"]
    page.met("page")
    desk.wait(timedelta(seconds=1))
    assert not lost_for_ads(page)
    assert desk.posted("The ad account of page is connected again.") == 1


def lost_for_ads(page: MetaDesk) -> bool:
    return page.desk.rows(Account, Account.name == "page")[0].ads_lost_at is not None


def test_a_token_for_ads_put_into_the_settings_later_counts_for_ads_alone(desk: InboxBench, meta: Stage) -> None:
    def told(token: str, ads_token: str) -> MetaDesk:
        own = {"platform": "facebook", "token": token, "ads_token": ads_token, **ADS}
        return MetaDesk(desk, meta, settings_on(meta.address, accounts={"page": own}))

    def paid_by(page: MetaDesk) -> str:
        page.keyring.look()
        platform = page.accounts["page"].platform
        assert isinstance(platform, Boosts)
        try:
            return f"settings: {page.accounts['page'].is_paid_by_settings}, {platform.ad_account().remote_id}"
        except AdsAccessLost:
            return f"settings: {page.accounts['page'].is_paid_by_settings}, refused"

    meta.act("reset")
    page = told("", "a-first-one")
    assert paid_by(page) == "settings: True, refused"
    connect(page)
    assert paid_by(page) == "settings: False, act_5001"
    assert paid_by(told("", "a-first-one")) == "settings: False, act_5001"
    page = told("", "a-second-one")
    assert paid_by(page) == "settings: True, refused"
    assert page.accounts["page"].platform.whoami().remote_id == "1001", "its own token is that of the consent"
    assert paid_by(told("", "sandbox-ads-token")) == "settings: True, act_5001"
