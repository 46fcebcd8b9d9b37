"""An account is connected from chat: who may, where it leads, what is told, and what is not stored."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from models.account import Account
from models.consent import CONSENT_LIFE, Consent, ConsentState, hashed
from models.delivery import Delivery
from models.member import named
from support.bench import external
from support.inbox_bench import InboxBench
from support.meta_desk import MetaDesk, settings_on
from support.paper import buttons, words
from support.stage import Stage

# -- the way there -----------------------------------------------------------------------------------------------------


def test_only_an_admin_is_shown_the_way(page: MetaDesk) -> None:
    assert "needs the role “admin”" in page.desk.say("Ada", "connect page").refusal
    page.desk.say("Dario", "connect page")
    way = page.way()
    assert way.startswith(f"{page.meta.address}/dialog/facebook?")
    assert "redirect_uri=https%3A%2F%2Fbot.example%2Foauth%2Ffacebook" in way


def test_the_way_is_written_in_private_where_a_chat_cannot_whisper(page: MetaDesk) -> None:
    page.desk.say("Dario", "connect page", chat="telegram")
    assert page.desk.papers["telegram"].rooms[-2:] == [external("Dario", "telegram"), "-1000"]
    assert "I wrote to you in private." in words(page.whisper(chat="telegram"))


def test_without_a_name_every_account_that_can_be_connected_has_a_button(page: MetaDesk) -> None:
    page.desk.say("Dario", "connect")
    assert [button.value for button in buttons(page.whisper())] == ["page", "italy"]
    page.desk.act(page.desk.pressed("Dario", next(iter(buttons(page.whisper())))))
    assert "/dialog/facebook?" in page.way()


def test_a_network_with_several_accounts_is_no_answer(page: MetaDesk) -> None:
    assert "There are several: page, italy" in page.desk.say("Dario", "connect facebook").refusal


@pytest.mark.parametrize(
    ("section", "given", "cure"),
    [
        ("desk", {"name": "Acme"}, "BOTTEGA_DESK__SECRET_KEY"),
        ("apps", {}, "[apps.facebook]"),
        ("web", {}, "bottega accounts connect page"),
    ],
)
def test_what_is_missing_is_said_with_its_cure(
    desk: InboxBench, meta: Stage, section: str, given: dict[str, str], cure: str
) -> None:
    page = MetaDesk(desk, meta, settings_on(meta.address, **{section: given}))
    assert cure in page.desk.say("Dario", "connect page").refusal
    assert page.desk.rows(Consent) == []


def test_an_account_whose_network_has_no_login_keeps_its_own_way(desk: InboxBench) -> None:
    assert "BOTTEGA_ACCOUNTS__ACME__TOKEN" in desk.say("Dario", "connect acme").refusal


# -- and back ----------------------------------------------------------------------------------------------------------


def test_several_identities_are_offered_for_choice_to_whoever_agreed(page: MetaDesk) -> None:
    status, said = page.connect()
    assert (status, said) == (200, "Choose in chat which of them is page.")
    assert page.credential() is None
    card = page.last()
    (italy,) = [row.buttons[0] for row in card.rows if "Acme Italia" in row.spans[0].text]
    assert page.desk.act(page.desk.pressed("Chiara", italy)).refusal  # no admin
    page.choose("Acme Italia")
    row = page.credential()
    assert row is not None
    assert (row.remote_id, row.missing, row.version) == ("1002", [], 1)
    assert words(page.last()) == "page is connected as Acme Italia (@acme_it)."
    assert page.desk.audited()[-2:] == ["began to connect an account", "connected an account"]


def test_a_choice_is_made_once(page: MetaDesk) -> None:
    page.connect()
    page.choose("Acme Italia")
    (choice,) = [sheet.card for sheet in page.desk.papers["slack"].sheets if sheet.card.rows]
    told = page.desk.act(page.desk.pressed("Dario", choice.rows[0].buttons[0])).refusal
    assert "That was chosen already" in told
    assert [row.found for row in page.desk.rows(Consent)] == [[]]


def test_connecting_again_takes_the_same_identity_without_a_question(page: MetaDesk) -> None:
    page.connect()
    page.choose("(@acme)")
    page.keyring.look()
    page.met("page")
    status, said = page.connect()
    assert (status, said) == (200, "page is connected as Acme (@acme).")
    row = page.credential()
    assert row is not None
    assert (row.remote_id, row.version) == ("1001", 2)


def test_an_account_does_not_become_another_identity(page: MetaDesk) -> None:
    page.connect("italy")
    page.choose("Acme Italia")
    with page.desk.store.write() as session:
        session.get_one(Account, "page").remote_id = "7777"
    status, said = page.connect()
    assert status == 400
    assert "page is 7777, and that consent is for" in said
    assert page.credential() is None


def test_an_identity_is_not_two_accounts(page: MetaDesk) -> None:
    page.connect("italy")
    page.choose("Acme Italia")
    page.connect()
    card = page.last()
    (row,) = [row for row in card.rows if "Acme Italia" in row.spans[0].text]
    told = page.desk.act(page.desk.pressed("Dario", row.buttons[0])).refusal
    assert "is connected already, as italy." in told
    page.choose("(@acme)")
    assert page.credential() is not None


def test_what_was_not_granted_is_told_with_what_it_costs(page: MetaDesk) -> None:
    page.meta.act("settings", withheld_scopes=["read_insights"])
    page.connect()
    page.choose("(@acme)")
    told = words(page.last())
    assert "read_insights: Without it views, reach and clicks are not counted." in told
    page.desk.say("Dario", "accounts")
    assert "read_insights: Without it" in page.desk.whispered("Dario")
    assert [button.label for button in buttons(page.whisper())] == ["Reconnect", "Connect"]


def test_who_does_not_agree_is_told_so_in_chat_and_may_try_again(page: MetaDesk) -> None:
    status, said = page.connect(decision="deny")
    assert (status, said) == (400, "page was not connected: Permissions error.")
    card = page.last()
    (again,) = buttons(card)
    assert (again.verb, again.value) == ("connect", "page")
    assert page.credential() is None


# -- who comes back ----------------------------------------------------------------------------------------------------


def test_nobody_comes_back_twice_nor_late_nor_with_a_secret_of_their_own(page: MetaDesk) -> None:
    page.desk.say("Dario", "connect page")
    given = page.agree(page.way())
    assert page.come_back(given | {"state": "guessed"})[0] == 400
    assert page.come_back(given)[0] == 200
    assert page.come_back(given)[0] == 400
    page.desk.say("Dario", "connect page")
    given = page.agree(page.way())
    page.desk.now += CONSENT_LIFE
    assert page.come_back(given) == (
        400,
        "This address was used already, or is older than ten minutes. Ask for a new one in chat: connect",
    )


def test_a_consent_of_one_network_is_none_of_another(page: MetaDesk) -> None:
    page.desk.say("Dario", "connect page")
    given = page.agree(page.way())
    assert page.callback.arrived("mastodon", given)[0] == 400


def test_who_is_no_admin_any_more_connects_nothing(page: MetaDesk) -> None:
    page.desk.say("Dario", "connect page")
    given = page.agree(page.way())
    with page.desk.store.write() as session:
        named(session, "Dario").roles = ["author"]
    assert page.come_back(given)[0] == 403
    assert [row.state for row in page.desk.rows(Consent)] == [ConsentState.FAILED]


def test_a_code_that_the_network_refuses_is_told_without_the_code(page: MetaDesk) -> None:
    page.desk.say("Dario", "connect page")
    given = page.agree(page.way())
    status, said = page.come_back(given | {"code": "a-code-of-nobody"})
    assert status == 502
    assert "This authorization code has been used" in said
    assert "a-code-of-nobody" not in said


def test_no_secret_is_stored_as_it_is(page: MetaDesk) -> None:
    page.connect()
    page.choose("(@acme)")
    everything = repr([row.model_dump() for table in (Consent,) for row in page.desk.rows(table)])
    row = page.credential()
    assert row is not None
    tokens = page.vault.open(row.sealed)
    assert set(tokens) == {"token", "ads_token"}
    stored = everything + repr(row.model_dump()) + repr([d.model_dump() for d in page.desk.rows(Delivery)])
    assert not any(token in stored for token in tokens.values())


# -- what ends ---------------------------------------------------------------------------------------------------------


def test_a_consent_that_ends_and_cannot_be_renewed_is_told_with_the_way_to_a_new_one(page: MetaDesk) -> None:
    page.connect()
    page.choose("(@acme)")
    with page.desk.store.write() as session:
        session.get_one(Account, "page").expires_at = page.desk.now + timedelta(days=13)
    page.desk.wait(timedelta(seconds=5))
    card = page.desk.card("A1")
    assert "What connects page to its network ends" in words(card)
    assert [(button.label, button.verb) for button in buttons(card)] == [
        ("Reconnect", "connect"),
        ("Check again", "check_access"),
    ]
    page.connect()
    assert page.desk.rows(Account, Account.name == "page")[0].expires_at == page.ends
    page.desk.wait(timedelta(seconds=5))
    assert "page has a token that holds." in page.desk.shown("A1")


def test_the_secret_of_the_way_there_lies_nowhere_in_the_database(page: MetaDesk) -> None:
    page.desk.say("Dario", "connect page")
    secret = parse_qs(urlsplit(page.way()).query)["state"][0]
    assert page.desk.rows(Consent)[0].state_hash == hashed(secret)
    kept = Path(page.desk.store.url.removeprefix("sqlite:///")).parent.glob("desk.db*")
    found = [file.name for file in kept if secret.encode() in file.read_bytes()]
    assert found == []
