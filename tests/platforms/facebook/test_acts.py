"""What a Page does besides publishing: its comments, its numbers, its own words, its tokens."""

import pytest

from platforms.contract import (
    AccessLost,
    AccountLocked,
    Attachment,
    ContentRefused,
    Gone,
    NotPermitted,
    OutcomeUnknown,
    Outgoing,
    PageChange,
    RemoteComment,
)
from platforms.facebook.adapter import Facebook
from platforms.facebook.scopes import WANTED
from platforms.spec import Keys
from support.platform_facebook import FacebookBench
from support.platform_progress import Kept


def comment(bench: FacebookBench, remote_id: str) -> dict[str, object]:
    return dict(next(found for found, _ in bench.said() if found["id"] == remote_id))


def test_comment_is_hidden_shown_and_removed_and_each_repeats(bench: FacebookBench, page: Facebook) -> None:
    remote_id = bench.says("rude")
    for act, hidden in ((page.hide, True), (page.unhide, False)):
        for _ in range(2):
            act(remote_id)
            assert comment(bench, remote_id)["hidden"] is hidden
            assert page.comment(remote_id).hidden is hidden
    for _ in range(2):
        page.remove_comment(remote_id)
        assert bench.said() == []


def test_blocked_author_is_out_until_let_back(bench: FacebookBench, page: Facebook) -> None:
    author = page.comment(bench.says("spam")).author.remote_id
    page.block(author)
    assert [one["id"] for one in bench.page()["blocked"]] == [author]
    page.unblock(author)
    assert bench.page()["blocked"] == []


def test_private_reply_is_sent_once_and_never_repeated_when_unknown(bench: FacebookBench, page: Facebook) -> None:
    remote_id = bench.says("where is my order?")
    bench.disturb("drop_after", match="POST *messages")
    with pytest.raises(OutcomeUnknown):
        page.reply_privately(remote_id, "Which number?")
    (sent,) = bench.page()["messages"]
    assert (sent["about"], sent["text"]) == (remote_id, "Which number?")
    with pytest.raises(NotPermitted):
        page.reply_privately(remote_id, "Which number?")
    assert len(bench.page()["messages"]) == 1


def test_numbers_of_every_kind_are_counted(bench: FacebookBench, page: Facebook) -> None:
    post = page.publish(Outgoing(("count me",)), "k", Kept()).remote_id
    bench.stage("pages/see", id=post, views=70, reach=50, clicks=4)
    bench.stage("pages/react", **{"as": "nora", "id": post, "type": "LOVE"})
    bench.stage("pages/share", **{"as": "oleg", "id": post})
    bench.says("one", reply_to=post)
    found = page.numbers(post)
    assert (found.likes, found.reposts, found.comments) == (1, 1, 1)
    assert (found.views, found.reach, found.clicks) == (70, 50, 4)


def test_numbers_without_insights_are_those_of_the_post(bench: FacebookBench, page: Facebook) -> None:
    post = page.publish(Outgoing(("count me",)), "k", Kept()).remote_id
    bench.stage("token", token=bench.token, revoke=["read_insights"])
    found = page.numbers(post)
    assert (found.likes, found.views) == (0, None)


def test_many_comments_under_one_post_come_whole(bench: FacebookBench, page: Facebook) -> None:
    first = bench.says("0")
    cursor = page.comments("").cursor
    sent = [bench.says(str(n)) for n in range(1, 31)] + [bench.says("reply", reply_to=first)]
    assert {event.remote_id for event in page.comments(cursor).events} == set(sent)


def test_comment_of_a_person_whose_name_is_withheld_arrives(bench: FacebookBench, page: Facebook) -> None:
    cursor = page.comments("").cursor
    bench.stage("settings", from_missing=True)
    remote_id = bench.says("who am I?")
    assert [event.remote_id for event in page.comments(cursor).events] == [remote_id]


def test_post_of_a_visitor_is_heard_and_answered_like_a_comment(bench: FacebookBench, page: Facebook) -> None:
    cursor = page.comments("").cursor
    visit = bench.stage("pages/post", **{"as": "nora", "text": "Where are you open?"})["id"]
    under = bench.says("Nobody?", reply_to=visit)
    found = {event.remote_id: event for event in page.comments(cursor).events}
    assert set(found) == {visit, under}
    heard = found[visit]
    assert isinstance(heard, RemoteComment)
    assert (heard.text, heard.author.name, heard.parent_id, heard.root_id) == (
        "Where are you open?",
        "Nora Nowak",
        "",
        "",
    )
    assert page.comment(visit) == heard
    beneath = page.comment(under)
    assert (beneath.parent_id, beneath.root_id) == (visit, visit)
    done = page.publish(Outgoing(("Everywhere.",), reply_to=visit), "k", Kept())
    assert done.remote_id in {comment["id"] for comment, above in bench.said() if above == visit}
    page.like(visit)
    page.reply_privately(visit, "Come by!")
    page.remove_comment(visit)
    with pytest.raises(Gone):
        page.comment(visit)


def test_post_of_our_own_is_no_comment(page: Facebook) -> None:
    own = page.publish(Outgoing(("ours",)), "k", Kept()).remote_id
    with pytest.raises(Gone):
        page.comment(own)


# -- the Page itself -----------------------------------------------------------------------------------------------


def test_page_shows_and_changes_what_it_says(
    bench: FacebookBench, page: Facebook, pictures: tuple[Attachment, ...]
) -> None:
    before = page.page()
    assert (before.name, before.about, before.followers) == ("Acme", "Good things, made slowly.", 1250)
    hours = {"mon": "09:00-13:00, 15:00-19:00", "sat": "10:00-12:00"}
    change = PageChange(
        about="New words.", website="https://acme.example/new", hours=hours, cover=pictures[0], picture=pictures[1]
    )
    for _ in range(2):
        page.change_page(change)
    after = page.page()
    assert (after.about, after.website, after.phone) == ("New words.", "https://acme.example/new", before.phone)
    assert after.hours == hours
    assert after.cover.startswith("http")
    assert after.picture.startswith("http")


def test_hours_that_cannot_be_read_change_nothing(page: Facebook) -> None:
    before = page.page()
    with pytest.raises(ContentRefused, match="no day or span"):
        page.change_page(PageChange(about="x", hours={"monday": "9-17"}))
    assert page.page() == before


# -- tokens --------------------------------------------------------------------------------------------------------


def test_missing_scopes_are_named_and_cost_abilities(bench: FacebookBench, page: Facebook) -> None:
    lost = ["pages_manage_engagement", "pages_messaging", "pages_manage_metadata"]
    bench.stage("token", token=bench.token, revoke=lost)
    who = page.whoami()
    assert set(who.missing_scopes) == set(lost)
    flags = ("replies", "likes", "hides", "private_replies", "page_settings", "first_comment", "deletes")
    assert [flag for flag in flags if getattr(page.can, flag)] == ["deletes"]


def test_every_scope_says_what_it_costs() -> None:
    assert all(cost.startswith("Without it") and cost.endswith(".") for cost in WANTED.values())


def test_end_of_the_token_is_known(bench: FacebookBench, page: Facebook) -> None:
    ends = page.whoami().expires_at
    assert ends is not None, "access to data ends 90 days after the consent"
    bench.stage("token", token=bench.token, expires_in=3600)
    sooner = page.whoami().expires_at
    assert sooner is not None
    assert sooner < ends


@pytest.mark.parametrize(("subcode", "kind"), [(458, AccessLost), (460, AccessLost), (459, AccountLocked)])
def test_token_that_ended_says_who_can_act(
    bench: FacebookBench, page: Facebook, subcode: int, kind: type[Exception]
) -> None:
    bench.stage("token", token=bench.token, end=subcode)
    with pytest.raises(AccessLost) as caught:
        page.publish(Outgoing(("x",)), "k", Kept())
    assert type(caught.value) is kind


def test_persons_token_is_not_the_pages(bench: FacebookBench) -> None:
    keys = Keys("sandbox-user-token", app_secret="sandbox-meta-secret")
    wrong = Facebook(base_url=f"{bench.address}/facebook", keys=keys, options={"page": "1001"})
    with pytest.raises(AccessLost, match="Page access token"):
        wrong.publish(Outgoing(("x",)), "k", Kept())


def test_call_without_a_proof_is_refused_where_the_app_wants_one(bench: FacebookBench) -> None:
    bare = Facebook(base_url=f"{bench.address}/facebook", keys=Keys(bench.token), options={})
    with pytest.raises(ContentRefused, match="appsecret_proof"):
        bare.whoami()
    bench.stage("settings", proof_required=False)
    who = bare.whoami()
    assert (who.remote_id, who.handle, who.missing_scopes, who.expires_at) == ("1001", "acme", (), None)
