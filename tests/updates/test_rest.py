"""What else a desk of an earlier version had begun: it goes on, or says how it does."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from bot.appsettings import keys_in
from bot.networks import Logins
from bot.vault import Vault
from bot.web.oauth import Callback
from models.audit import chain
from support.app_bench import AppBench, Where
from support.paper import buttons, words
from support.stage import Stage
from updates.conftest import Older

Networks = tuple[Stage, Stage]


def test_a_change_of_a_page_is_decided_by_another_member(desk: AppBench, networks: Networks) -> None:
    desk.asked("Bruno", "page bakery")
    assert "Bread since 1921" in desk.shown("G1")
    desk.click("Bruno", "Agree", "G1")
    desk.wait(timedelta(minutes=2))
    pages = {page["id"]: page for page in networks[1].state()["pages"]["pages"]}
    assert pages["1001"]["about"] == "Bread since 1921"


def test_a_form_that_is_half_filled_goes_on_to_its_end(quiet_desk: AppBench) -> None:
    """Ada has answered what the post says; she is asked the rest as if nothing had happened."""
    where = Where("telegram", quiet_desk.person("Ada", "telegram"), "1", private=True)
    quiet_desk.said("Ada", "acme", chat="telegram")
    for _ in range(12):
        card = next(c for actor, c in reversed(quiet_desk.papers["telegram"].whispers) if actor == where.room)
        if "Question" not in words(card):
            break
        onward = {button.label: button for button in buttons(card)}
        chosen = next(onward[label] for label in ("Continue", "Keep it", "Skip", "Leave it empty") if label in onward)
        quiet_desk.press("Ada", chosen.code, where)
    quiet_desk.asked("Ada", "open P10")
    assert "A draft from Telegram" in quiet_desk.shown("P10")
    assert "· Draft" in quiet_desk.shown("P10")


def test_a_form_that_is_half_filled_can_be_left(quiet_desk: AppBench) -> None:
    quiet_desk.said("Ada", "/cancel", chat="telegram")
    assert "Stopped" in quiet_desk.whispered("Ada", "telegram")


def test_a_connected_account_goes_on_with_its_token(desk: AppBench, networks: Networks, older: Older) -> None:
    assert desk.app.keyring.unopened == {}
    asked = networks[1].requests("GET /facebook/*")
    used = {request["headers"].get("Authorization") for request in asked}
    assert f"Bearer {older.contents['token']}" in used
    desk.said("Dario", "accounts")
    assert "Acme Italia" in desk.whispered("Dario")


def test_a_consent_that_was_begun_ends_in_words(quiet_desk: AppBench, older: Older) -> None:
    state = parse_qs(urlsplit(older.contents["consent"]).query)["state"][0]
    app = quiet_desk.app
    logins = Logins(app.settings, Vault(keys_in(app.settings.desk.secret_key)))
    callback = Callback(app.store, app.setup, logins, quiet_desk.clock, lambda: None)
    status, said = callback.arrived("facebook", {"state": state, "error": "access_denied"})
    assert (status < 500, bool(said)) == (True, True)
    assert callback.arrived("facebook", {"state": "made up", "error": "access_denied"})[1] != said


def test_who_was_invited_comes_in(quiet_desk: AppBench, older: Older) -> None:
    quiet_desk.said("Elena", f"link {older.contents['invited']}")
    quiet_desk.said("Elena", "inbox")
    assert "C1" in quiet_desk.whispered("Elena")
    quiet_desk.said("Dario", "team")
    assert "Elena" in quiet_desk.whispered("Dario")


def test_a_claimed_comment_is_still_claimed_and_a_reply_that_waits_goes_out_once(
    desk: AppBench, networks: Networks, older: Older
) -> None:
    question = next(s for s in older.contents["mastodon"] if "ship" in s["text"])

    def answers() -> list[str]:
        return [s["text"] for s in networks[0].state()["timeline"] if s["reply_to"] == question["id"]]

    desk.said("Bruno", "inbox")
    assert desk.whispered("Bruno").count("held by Chiara") == 2
    assert answers() == [], "the network's wait holds"
    desk.wait(timedelta(minutes=5), 4)
    assert len(answers()) == 1
    assert "We do, on Mondays." in answers()[0]


def test_the_audit_log_is_whole_from_its_first_row_to_what_is_done_today(quiet_desk: AppBench, older: Older) -> None:
    kept = older.contents["audit"]
    with quiet_desk.app.store.read() as session:
        before = chain(session)
    assert before.broken_at is None
    assert before.entries >= kept["entries"]
    quiet_desk.said("Dario", "team rename Ada, Ada L")
    with quiet_desk.app.store.read() as session:
        after = chain(session)
    assert (after.broken_at, after.entries > before.entries) == (None, True)
