"""What a page says of itself: shown to everybody, changed only where two members want it."""

from datetime import timedelta
from typing import Any

import pytest

from handlers.cards import Button
from models.audit import AuditEntry
from models.delivery import Delivery, DeliveryState
from models.errors import WrongMoment
from models.media import path_of
from models.member import named
from models.profile import MACHINE, Profile, ProfileState
from support.bench import DeskBench
from support.meta_bench import PAGE, page_of
from support.paper import words
from support.stage import Stage

CHANGING = f"POST /facebook/v26.0/{PAGE}"


def labels(bench: DeskBench) -> list[str]:
    return [button.label for button in bench.card("G1").buttons]


def looked(bench: DeskBench) -> None:
    bench.say("Ada", "page bakery")


def proposed(bench: DeskBench, **change: Any) -> None:
    """Dario, an admin, wants it otherwise."""
    looked(bench)
    bench.press("Dario", "Change", "G1")
    bench.fill("Dario", bench.form, **change)


def press(bench: DeskBench, who: str, button: Button) -> str:
    """Press it; returns what the person alone is told."""
    bench.act(bench.pressed(who, button))
    return bench.whispered(who)


def audited(bench: DeskBench) -> list[str]:
    return [entry.action for entry in bench.rows(AuditEntry) if entry.subject == "G1"]


def test_a_page_is_shown_as_it_stands(bakery: DeskBench, meta: Stage) -> None:
    looked(bakery)
    shown = bakery.shown("G1")
    assert "The page of Bakery" in shown
    assert page_of(meta)["name"] in shown
    assert "As it was on" in shown
    assert labels(bakery) == ["Change", "Look again"]


def test_the_only_page_needs_no_name_and_others_are_named(bakery: DeskBench) -> None:
    bakery.say("Ada", "page")
    assert "The page of Bakery" in bakery.shown("G1")
    bakery.say("Ada", "page acme")
    assert "has no page that could be changed from here" in bakery.whispered("Ada")
    bakery.say("Ada", "page nowhere")
    assert "There is no account called “nowhere”" in bakery.whispered("Ada")


def test_a_desk_without_pages_says_so(bench: DeskBench) -> None:
    bench.say("Ada", "page")
    assert "No account of ours has a page" in bench.whispered("Ada")


def test_a_change_is_made_once_a_second_member_agrees(bakery: DeskBench, meta: Stage) -> None:
    proposed(bakery, about="Bread since 1921", hours="mon 07:00-13:00, 15:00-19:00\ntue 07:00-13:00")
    assert "Dario wants to change it" in bakery.shown("G1")
    assert "About: " in bakery.shown("G1")
    assert "→ Bread since 1921" in bakery.shown("G1")
    assert page_of(meta)["about"] != "Bread since 1921"
    agree = bakery.button("Agree", "G1")
    assert "You proposed this yourself" in press(bakery, "Dario", agree)
    assert "role “approver”" in press(bakery, "Ada", agree)
    press(bakery, "Bruno", agree)
    assert page_of(meta)["about"] == "Bread since 1921"
    assert "About: Bread since 1921" in bakery.shown("G1")
    assert "mon 07:00-13:00, 15:00-19:00" in bakery.shown("G1")
    assert bakery.told()[-1] == "The page of Bakery is changed."
    assert audited(bakery) == ["page change proposed", "page change approved", "page changed"]


def test_a_picture_becomes_the_cover(bakery: DeskBench, meta: Stage) -> None:
    looked(bakery)
    before = page_of(meta).get("cover")
    bakery.press("Dario", "Change", "G1")
    bakery.fill("Dario", bakery.form, files=(bakery.picture(size=(820, 312)),))
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    assert page_of(meta).get("cover") != before


def test_only_admins_propose(bakery: DeskBench) -> None:
    looked(bakery)
    bakery.press("Ada", "Change", "G1")
    assert "role “admin”" in bakery.whispered("Ada")


def test_a_chat_without_forms_asks_for_the_part_first(bakery: DeskBench, meta: Stage) -> None:
    bakery.say("Ada", "page bakery", chat="telegram")
    bakery.press("Dario", "Change", "G1", chat="telegram")
    assert "What of the page do you want to change?" in bakery.whispered("Dario", chat="telegram")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"website": "acme"}, "is not a web address"),
        ({"hours": "someday 09:00-13:00"}, "cannot be read"),
        ({"hours": "mon 9-13"}, "cannot be read"),
        ({"phone": "call me"}, "“call me” is not a phone number"),
        ({"about": "x" * 300}, "At most 255 characters fit here"),
        ({}, "Nothing would be different"),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused_in_words(
    bakery: DeskBench, change: dict[str, str], said: str
) -> None:
    proposed(bakery, **change)
    assert said in bakery.handled.refusal
    assert bakery.rows(Profile)[0].state == ProfileState.SHOWN


def test_a_change_can_be_given_up(bakery: DeskBench, meta: Stage) -> None:
    proposed(bakery, about="Bread since 1921")
    stale = bakery.button("Agree", "G1")
    press(bakery, "Dario", bakery.button("Do not change it", "G1"))
    assert labels(bakery) == ["Change", "Look again"]
    assert "Nothing of that waits any more" in press(bakery, "Bruno", stale)
    assert page_of(meta)["about"] != "Bread since 1921"


def test_what_was_agreed_to_is_what_was_shown(bakery: DeskBench, meta: Stage) -> None:
    proposed(bakery, about="Bread since 1921")
    stale = bakery.button("Agree", "G1")
    proposed(bakery, about="Bread since 1821")
    assert "is another one since that card was drawn" in press(bakery, "Bruno", stale)
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    assert page_of(meta)["about"] == "Bread since 1821"


def test_a_refusal_of_the_network_is_told_with_a_way_on(bakery: DeskBench, meta: Stage) -> None:
    proposed(bakery, about="Bread since 1921")
    body = '{"error": {"message": "The about text is not allowed", "code": 100, "type": "OAuthException"}}'
    meta.fault(CHANGING, "status", status=400, body=body)
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    assert "The network did not take the change (The about text is not allowed)" in bakery.shown("G1")
    assert labels(bakery) == ["Retry", "Do not change it", "Change", "Look again"]
    press(bakery, "Dario", bakery.button("Retry", "G1"))
    assert page_of(meta)["about"] == "Bread since 1921"


def test_a_picture_that_the_network_does_not_take_leaves_the_words_as_they_are(bakery: DeskBench, meta: Stage) -> None:
    looked(bakery)
    before = page_of(meta)["about"]
    bakery.press("Dario", "Change", "G1")
    bakery.fill("Dario", bakery.form, about="Bread since 1921", files=(bakery.picture(size=(820, 312)),))
    body = '{"error": {"message": "Too small", "code": 100, "type": "OAuthException"}}'
    meta.fault(f"{CHANGING}/photos", "status", status=400, body=body)
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    assert "The network did not take the change (Too small)" in bakery.shown("G1")
    assert page_of(meta)["about"] == before
    press(bakery, "Dario", bakery.button("Retry", "G1"))
    assert page_of(meta)["about"] == "Bread since 1921"


def test_what_was_changed_before_the_network_refused_the_rest_is_shown(bakery: DeskBench, meta: Stage) -> None:
    looked(bakery)
    bakery.press("Dario", "Change", "G1")
    bakery.fill("Dario", bakery.form, about="Bread since 1921", files=(bakery.picture(size=(820, 312)),))
    body = '{"error": {"message": "Too small", "code": 100, "type": "OAuthException"}}'
    meta.fault(f"{CHANGING}/picture", "status", status=400, body=body)
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    assert "The network did not take the change (Too small)" in bakery.shown("G1")
    assert "About: Bread since 1921\n" in bakery.shown("G1")


def test_a_lost_answer_is_simply_asked_for_again(bakery: DeskBench, meta: Stage) -> None:
    proposed(bakery, about="Bread since 1921")
    meta.fault(CHANGING, "drop_after")
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    bakery.wait(timedelta(minutes=2))
    assert page_of(meta)["about"] == "Bread since 1921"
    assert "About: Bread since 1921" in bakery.shown("G1")


def test_a_change_is_held_while_access_is_lost_and_can_be_given_up(bakery: DeskBench, meta: Stage) -> None:
    proposed(bakery, about="Bread since 1921")
    meta.act("token", token="sandbox-page-token", end=460)
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    [held] = [d for d in bakery.rows(Delivery) if d.state == DeliveryState.HELD]
    assert held.kind == "page_change"
    assert "is not changed yet: access to it is lost" in bakery.told()[-1]
    press(bakery, "Dario", bakery.button("Do not change it", "G1"))
    assert bakery.rows(Profile)[0].state == ProfileState.SHOWN


def test_the_machine_has_no_other_ways() -> None:
    for action, (allowed, _after) in MACHINE.items():
        for state in ProfileState:
            profile = Profile(account="acme", state=state.value)
            given = {"propose": ({"about": "x"}, 1), "fail": ("why",)}.get(action, ())
            if state in allowed:
                getattr(profile, action)(*given)
                continue
            with pytest.raises(WrongMoment):
                getattr(profile, action)(*given)


# -- what was agreed to is what leaves -------------------------------------------------------------------------------


def held(bench: DeskBench, meta: Stage) -> None:
    """Bruno agreed, and the change waits for the Page's access."""
    proposed(bench, about="Bread since 1921")
    meta.act("token", token="sandbox-page-token", end=460)
    press(bench, "Bruno", bench.button("Agree", "G1"))


def regained(bench: DeskBench, meta: Stage) -> None:
    meta.act("token", token="sandbox-page-token", end=0)
    for _ in range(2):
        bench.wait(timedelta(minutes=3))


def test_a_change_that_was_changed_behind_the_desk_must_be_agreed_to_again(bakery: DeskBench, meta: Stage) -> None:
    held(bakery, meta)
    with bakery.store.write() as session:
        session.get_one(Profile, 1).change = {"about": "Closed for good"}
    regained(bakery, meta)
    assert page_of(meta)["about"] not in {"Bread since 1921", "Closed for good"}
    assert bakery.rows(Profile)[0].state == ProfileState.PROPOSED
    for told in (bakery.told()[-1], bakery.direct("Dario")[-1], bakery.direct("Bruno")[-1]):
        assert "it is not what was agreed to any more. Somebody changed it in the database." in told
        assert "[Show the change] [Do not change it]" in told
    assert any("→ Closed for good" in words(sheet.card) for sheet in bakery.papers["slack"].sheets)
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    assert page_of(meta)["about"] == "Closed for good"


def test_a_change_that_was_held_is_agreed_to_again_where_who_agreed_may_not_any_more(
    bakery: DeskBench, meta: Stage
) -> None:
    held(bakery, meta)
    with bakery.store.write() as session:
        named(session, "Bruno").active = False
    regained(bakery, meta)
    assert page_of(meta)["about"] != "Bread since 1921"
    assert "Bruno, who agreed, may not agree any more." in bakery.told()[-1]
    press(bakery, "Chiara", bakery.button("Agree", "G1"))
    assert page_of(meta)["about"] == "Bread since 1921"
    assert "page change reopened" in audited(bakery)


def test_a_change_that_was_agreed_to_before_that_was_kept_is_made_once(bakery: DeskBench, meta: Stage) -> None:
    held(bakery, meta)
    with bakery.store.write() as session:
        session.get_one(Profile, 1).agreed_by = None
    regained(bakery, meta)
    assert page_of(meta)["about"] == "Bread since 1921"


def test_a_picture_that_was_overwritten_does_not_become_the_cover(bakery: DeskBench, meta: Stage) -> None:
    looked(bakery)
    before = page_of(meta).get("cover")
    bakery.press("Dario", "Change", "G1")
    bakery.fill("Dario", bakery.form, files=(bakery.picture(size=(820, 312)),))
    sha256 = bakery.rows(Profile)[0].change["cover"]["sha256"]
    file = path_of(bakery.setup.media_folder, sha256)
    whole = file.read_bytes()
    file.write_bytes(b"something else")
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    assert page_of(meta).get("cover") == before
    assert "somebody has overwritten it" in bakery.told()[-1]
    file.write_bytes(whole)
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    assert page_of(meta).get("cover") != before


def test_a_stop_of_its_account_holds_a_change_until_it_is_resumed(bakery: DeskBench, meta: Stage) -> None:
    proposed(bakery, about="Bread since 1921")
    bakery.say("Ada", "stop bakery")
    press(bakery, "Bruno", bakery.button("Agree", "G1"))
    assert page_of(meta)["about"] != "Bread since 1921"
    assert "Bakery is stopped. It is done when somebody resumes it." in bakery.told()[-1]
    assert "[Do not change it]" in bakery.told()[-1]
    bakery.say("Bruno", "resume bakery")
    bakery.wait(timedelta(minutes=1))
    assert page_of(meta)["about"] == "Bread since 1921"
