"""Review: whose approval counts, for what exactly, and what happens when it comes late."""

from datetime import timedelta

import pytest

from models.approval import Approval, Missed, Policy
from models.member import Member, Role
from models.post import PostState
from support.bench import DeskBench
from support.posts import approved, draft, submitted
from support.whispers import press


def give(bench: DeskBench, name: str, *roles: Role) -> None:
    with bench.store.write() as session:
        member = next(m for m in bench.rows(Member) if m.name == name)
        found = session.get(Member, member.id)
        assert found
        found.roles = [role.value for role in roles]


def labels(bench: DeskBench, chat: str = "slack") -> list[str]:
    return [button.label for button in bench.card("P1", chat=chat).buttons]


# -- submitting


def test_a_submitted_post_asks_for_approval_in_both_chats_and_says_who_can_give_it(bench: DeskBench) -> None:
    submitted(bench)
    wanted = ["Approve", "Request changes", "Publish now", "Schedule", "Edit", "Withdraw"]
    assert labels(bench) == labels(bench, "telegram") == wanted
    assert "Ada asks for 1 approval of P1. These members can give it: Bruno, Chiara." in bench.told()
    bench.say("Ada", "submit P1")
    assert bench.whispered("Ada") == "P1 is in review already."


def test_a_typed_submit_does_the_same(bench: DeskBench) -> None:
    draft(bench)
    bench.say("Ada", "submit P1")
    assert bench.post().state == PostState.REVIEW


def test_a_press_on_a_copy_that_is_never_drawn_anew_is_confirmed(bench: DeskBench) -> None:
    code = submitted(bench)
    approve = bench.button("Approve", code)
    bench.act(bench.pressed("Bruno", approve, aside=True))
    assert bench.whispered("Bruno") == "Done."
    assert bench.posts()[0].state == PostState.APPROVED


def test_a_post_whose_hour_is_over_is_not_submitted(bench: DeskBench) -> None:
    draft(bench, when="in 1 hour")
    bench.wait(timedelta(hours=2))
    bench.press("Ada", "Submit", "P1")
    assert "The hour of P1 is over" in bench.whispered("Ada")


def test_a_post_for_an_account_that_is_gone_is_not_submitted(bench: DeskBench) -> None:
    draft(bench, accounts=("acme", "acme_it"))
    bench.reshape(accounts={"acme": bench.account("acme")})
    bench.press("Ada", "Submit", "P1")
    assert "acme_it: This account is not set up any more" in bench.whispered("Ada")
    bench.press("Ada", "Edit", "P1")
    bench.fill("Ada", bench.form)
    assert bench.post().content.accounts == ("acme",)
    bench.press("Ada", "Submit", "P1")
    assert bench.post().state == PostState.REVIEW


def test_where_no_approval_is_wanted_a_submitted_post_is_approved(bench: DeskBench) -> None:
    bench.set_policy(approvals=0)
    draft(bench)
    bench.press("Ada", "Submit", "P1")
    assert bench.post().state == PostState.APPROVED
    assert labels(bench) == ["Publish now", "Schedule", "Edit", "Withdraw"]
    bench.say("Ada", "edit P1 Other words")
    assert bench.post().state == PostState.APPROVED


# -- approving


def test_an_approved_post_without_an_hour_waits_for_a_publisher(bench: DeskBench) -> None:
    approved(bench)
    assert bench.post().state == PostState.APPROVED
    assert "P1 is approved. It has no hour yet: schedule or publish it." in bench.told()
    assert "Approvals: 1 of 1 (Bruno)" in bench.shown("P1")
    assert bench.public() == []


def test_an_approved_post_with_an_hour_is_scheduled_by_itself(bench: DeskBench) -> None:
    approved(bench, when="tomorrow 9:00")
    assert bench.post().state == PostState.SCHEDULED
    assert "P1 is approved and goes out Tue 24 Nov 2026, 09:00 (Europe/Rome)." in bench.told()


def test_votes_from_both_chats_count_in_one_quorum_and_both_cards_show_them(bench: DeskBench) -> None:
    bench.set_policy(approvals=2)
    submitted(bench)
    bench.press("Bruno", "Approve", "P1")
    assert "Bruno approves P1. 1 approval is still missing." in bench.told(chat="telegram")
    bench.press("Chiara", "Approve", "P1", chat="telegram")
    assert bench.post().state == PostState.APPROVED
    for chat in ("slack", "telegram"):
        assert "2 of 2 (Bruno, Chiara)" in bench.shown("P1", chat=chat)
    assert [a.chat for a in bench.rows(Approval)] == ["slack", "telegram"]


def test_one_member_approves_once_whichever_chat_is_used(bench: DeskBench) -> None:
    bench.set_policy(approvals=2)
    submitted(bench)
    press = bench.button("Approve", "P1")
    bench.press("Bruno", "Approve", "P1")
    bench.act(bench.pressed("Bruno", press, chat="telegram"))
    assert bench.whispered("Bruno", chat="telegram") == "You approved P1 already, as it stands."
    assert "1 of 2" in bench.shown("P1")


def test_a_press_after_the_quorum_is_told_so(bench: DeskBench) -> None:
    submitted(bench)
    press = bench.button("Approve", "P1")
    bench.press("Bruno", "Approve", "P1")
    bench.act(bench.pressed("Chiara", press))
    assert bench.whispered("Chiara") == "P1 does not wait for approval: it is approved."
    bench.say("Bruno", "approve P1")
    assert "already" in bench.whispered("Bruno")


def test_a_press_on_an_outdated_card_is_refused_with_the_reason(bench: DeskBench) -> None:
    submitted(bench)
    old = {label: bench.button(label, "P1") for label in labels(bench)}
    bench.say("Ada", "edit P1 Other words")
    for label, button in old.items():
        bench.act(bench.pressed("Bruno", button))
        assert "P1 has changed since that card was drawn" in bench.whispered("Bruno"), label
    assert bench.post().state == PostState.REVIEW


def test_a_typed_approve_shows_what_would_be_approved_and_approves_nothing(bench: DeskBench) -> None:
    submitted(bench, "Harmless")
    bench.say("Ada", "edit P1 Not what Bruno read")
    bench.say("Bruno", "approve P1", chat="telegram")
    assert bench.post().state == PostState.REVIEW
    assert "Not what Bruno read" in bench.whispered("Bruno", chat="telegram")
    press(bench, "Bruno", "Approve", "P1", chat="telegram")
    assert bench.post().state == PostState.APPROVED


def test_a_draft_is_not_approved(bench: DeskBench) -> None:
    draft(bench)
    bench.say("Bruno", "approve P1")
    assert bench.whispered("Bruno") == "P1 is a draft. Its author must submit it first."


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("Ada", "Approving P1 needs the role “approver”, which you do not have. These members can: Bruno, Chiara."),
        ("Dario", "Approving P1 needs the role “approver”"),
        ("Zoe", "You are not a member of this team yet. Ask Dario for an invitation code"),
    ],
)
def test_only_who_has_the_role_approves(bench: DeskBench, who: str, sentence: str) -> None:
    submitted(bench)
    for label in ("Approve", "Request changes"):
        bench.press(who, label, "P1")
        assert sentence in bench.whispered(who)
    assert bench.post().state == PostState.REVIEW


def test_authors_do_not_approve_their_own_posts_unless_the_policy_says_so(bench: DeskBench) -> None:
    give(bench, "Ada", Role.AUTHOR, Role.APPROVER)
    submitted(bench)
    bench.press("Ada", "Approve", "P1")
    assert "You wrote this yourself" in bench.whispered("Ada")
    bench.set_policy(author_may_approve=True)
    bench.press("Ada", "Approve", "P1")
    assert bench.post().state == PostState.APPROVED


def test_who_changed_the_words_last_does_not_approve_them_alone(bench: DeskBench) -> None:
    submitted(bench)
    bench.say("Bruno", "edit P1 In my own words")
    bench.press("Bruno", "Approve", "P1")
    assert bench.whispered("Bruno").startswith("You wrote this yourself")
    bench.press("Chiara", "Approve", "P1")
    assert bench.post().state == PostState.APPROVED


def test_a_comma_of_somebody_else_does_not_make_words_ones_own_to_approve(bench: DeskBench) -> None:
    submitted(bench)
    bench.say("Chiara", "edit P1 In my own words")
    bench.say("Ada", "edit P1 In my own words.")
    bench.press("Chiara", "Approve", "P1")
    assert bench.whispered("Chiara").startswith("You wrote this yourself")
    assert "These members can: Bruno." in bench.whispered("Chiara")
    bench.press("Bruno", "Approve", "P1")
    assert bench.post().state == PostState.APPROVED


def test_what_was_accepted_once_is_no_more_the_words_of_who_wrote_it(bench: DeskBench) -> None:
    submitted(bench)
    bench.say("Chiara", "edit P1 In my own words")
    bench.press("Bruno", "Approve", "P1")
    bench.say("Bruno", "edit P1 In my own words.")
    bench.press("Chiara", "Approve", "P1")
    bench.press("Bruno", "Publish now", "P1")
    assert [s["text"] for s in bench.public()] == ["In my own words."]


def test_the_policy_of_every_account_must_be_satisfied(bench: DeskBench) -> None:
    strict = bench.account("acme_it", Policy(approvals=1, roles=(Role.ADMIN,)))
    bench.reshape(accounts={"acme": bench.account("acme"), "acme_it": strict})
    submitted(bench, accounts=("acme", "acme_it"))
    bench.press("Bruno", "Approve", "P1")
    assert bench.post().state == PostState.REVIEW
    bench.press("Dario", "Approve", "P1")
    assert bench.post().state == PostState.APPROVED


def test_the_approval_of_a_member_who_left_does_not_count(bench: DeskBench) -> None:
    bench.set_policy(approvals=2)
    submitted(bench)
    bench.press("Bruno", "Approve", "P1")
    give(bench, "Bruno")
    bench.press("Chiara", "Approve", "P1")
    assert bench.post().state == PostState.REVIEW
    assert "1 of 2" in bench.shown("P1")


def test_an_approval_that_comes_after_the_hour_does_not_publish_late(bench: DeskBench) -> None:
    submitted(bench, when="in 1 hour")
    bench.now += timedelta(hours=2)
    bench.press("Bruno", "Approve", "P1")
    assert (bench.post().state, bench.post().due_at) == (PostState.APPROVED, None)
    assert "but its hour is over" in bench.told()[-1]


# -- sending back


def test_changes_are_asked_for_with_a_note_that_the_author_gets(bench: DeskBench) -> None:
    submitted(bench)
    bench.press("Bruno", "Request changes", "P1")
    handled = bench.fill("Bruno", bench.form, note="  ")
    assert (handled.field, handled.refusal) == ("note", "Say in a few words what shall change.")
    bench.press("Bruno", "Request changes", "P1")
    form = bench.form
    bench.fill("Bruno", form, note="Shorter, please")
    assert bench.post().state == PostState.DRAFT
    assert bench.told()[-1] == "Bruno asks for changes of P1:\nShorter, please"
    assert bench.direct("Ada") == ["Bruno asks for changes of P1:\nShorter, please"]
    bench.fill("Chiara", form, note="And funnier")
    assert bench.whispered("Chiara") == "P1 is a draft. Its author must submit it first."


def test_after_changes_were_asked_for_a_new_round_begins(bench: DeskBench) -> None:
    bench.set_policy(approvals=2)
    submitted(bench)
    bench.press("Chiara", "Approve", "P1")
    bench.press("Bruno", "Request changes", "P1")
    bench.fill("Bruno", bench.form, note="No")
    bench.press("Ada", "Submit", "P1")
    assert "0 of 2" in bench.shown("P1")
    bench.press("Bruno", "Approve", "P1")
    bench.press("Chiara", "Approve", "P1")
    assert bench.post().state == PostState.APPROVED


def test_who_approved_may_still_ask_for_changes_and_approve_again(bench: DeskBench) -> None:
    bench.set_policy(approvals=2)
    submitted(bench)
    bench.press("Bruno", "Approve", "P1")
    bench.press("Bruno", "Request changes", "P1")
    bench.fill("Bruno", bench.form, note="On second thoughts, no")
    assert bench.post().state == PostState.DRAFT
    assert [(a.verdict, a.note) for a in bench.rows(Approval)] == [("changes", "On second thoughts, no")]
    bench.press("Ada", "Submit", "P1")
    bench.press("Bruno", "Approve", "P1")
    assert "1 of 2 (Bruno)" in bench.shown("P1")
    bench.press("Chiara", "Approve", "P1")
    assert bench.post().state == PostState.APPROVED


# -- deadlines


def test_a_near_deadline_is_told_once_with_who_can_still_approve(bench: DeskBench) -> None:
    submitted(bench, when="in 3 hours")
    bench.wait(timedelta(minutes=119))
    assert not any("missing until" in told for told in bench.told())
    bench.wait(timedelta(minutes=1))
    bench.wait(timedelta(minutes=1))
    warnings = [told for told in bench.told() if "1 approval is missing until" in told]
    assert len(warnings) == 2  # the card stands in two rooms
    assert "These members can give it: Bruno, Chiara." in warnings[0]


@pytest.mark.parametrize(
    ("missed", "told"),
    [
        (Missed.HOLD, "Otherwise it loses its hour and waits for a new one."),
        (Missed.SKIP, "Otherwise it is withdrawn."),
        (Missed.NEXT_DAY, "Otherwise it moves to the same time a day later."),
    ],
)
def test_a_warning_names_what_happens_without_approval(bench: DeskBench, missed: Missed, told: str) -> None:
    bench.set_policy(when_missed=missed)
    submitted(bench, when="in 2 hours")
    bench.wait(timedelta(hours=1))
    assert bench.told()[-1].endswith(told)


@pytest.mark.parametrize(
    ("missed", "state", "wall", "told"),
    [
        (Missed.HOLD, PostState.REVIEW, "", "It waits without an hour"),
        (Missed.SKIP, PostState.WITHDRAWN, "2026-11-23T12:00:00", "so it is withdrawn"),
        (Missed.NEXT_DAY, PostState.REVIEW, "2026-11-24T12:00:00", "It moves to Tue 24 Nov 2026, 12:00"),
    ],
)
def test_a_missed_deadline_does_what_the_policy_says(
    bench: DeskBench, missed: Missed, state: PostState, wall: str, told: str
) -> None:
    bench.set_policy(when_missed=missed, lead_minutes=30)
    submitted(bench, when="12:00")
    bench.wait(timedelta(hours=1, minutes=30))
    assert (bench.post().state, bench.post().wall) == (state, wall)
    assert told in bench.told()[-1]
    assert told in bench.direct("Ada")[-1]
    assert "deadline_missed" in bench.actions()
    bench.wait(timedelta(minutes=5))
    assert bench.actions().count("deadline_missed") == 1


def test_after_a_long_stop_the_next_day_is_still_to_come(bench: DeskBench) -> None:
    bench.set_policy(when_missed=Missed.NEXT_DAY)
    submitted(bench, when="12:00")
    bench.wait(timedelta(days=5))
    assert bench.post().wall == "2026-11-28T12:00:00"


def test_a_draft_whose_hour_leaves_no_time_for_approval_is_not_submitted(bench: DeskBench) -> None:
    bench.set_policy(lead_minutes=60, when_missed=Missed.SKIP)
    draft(bench, when="in 30 minutes")
    bench.press("Ada", "Submit", "P1")
    assert bench.whispered("Ada") == "Approvals must be there 60 minutes before. Take a later hour."
    assert bench.post().state == PostState.DRAFT
    bench.set_policy(lead_minutes=60, approvals=0)
    bench.press("Ada", "Submit", "P1")
    assert bench.post().state == PostState.SCHEDULED, "no approval is wanted, so none can be late"


def test_an_hour_that_leaves_no_time_for_approval_is_refused(bench: DeskBench) -> None:
    bench.set_policy(lead_minutes=60)
    submitted(bench)
    bench.say("Ada", "schedule P1 in 30 minutes")
    assert bench.whispered("Ada") == "Approvals must be there 60 minutes before. Take a later hour."
    bench.press("Ada", "Edit", "P1")
    assert bench.fill("Ada", bench.form, when="in 30 minutes").field == "when"
