"""Posts: the digest, the parts of a thread, and every step of the machine."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import OutOfDate, WrongMoment
from models.post import EDITABLE, MACHINE, PART_BREAK, Content, MediaUse, Post, PostState, Revision

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ACTIONS = sorted(set(MACHINE) - {"void"})

contents = st.builds(
    Content,
    text=st.text(),
    link=st.text(max_size=20),
    warning=st.text(max_size=20),
    visibility=st.sampled_from(["", "public", "unlisted"]),
    language=st.sampled_from(["", "en", "it"]),
    accounts=st.lists(st.sampled_from(["acme", "acme_it", "other"]), unique=True).map(tuple),
    media=st.lists(st.builds(MediaUse, media_id=st.integers(1, 9), sha256=st.text(max_size=4), alt=st.text())).map(
        tuple
    ),
    wording=st.dictionaries(st.sampled_from(["acme", "acme_it"]), st.text()),
    format=st.sampled_from(["post", "reel", "story"]),
    first_comment=st.text(max_size=20),
)


def post(state: PostState = PostState.DRAFT, text: str = "Hello") -> Post:
    made = Post.draft(Content(text=text, accounts=("acme",)), author_id=1, now=NOW)
    made.id, made.state = 12, state.value
    return made


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", list(PostState))
def test_every_step_leads_where_the_machine_says_or_is_refused(state: PostState, action: str) -> None:
    made, (allowed, after) = post(state), MACHINE[action]
    if state in allowed:
        getattr(made, action)(LATER)
        assert (made.state, made.updated_at) == (after, LATER)
    else:
        with pytest.raises(WrongMoment, match=f"P12 is {state}"):
            getattr(made, action)(LATER)
        assert (made.state, made.updated_at) == (state, NOW)


def test_every_state_can_be_reached_and_left_except_published() -> None:
    reached = {PostState.DRAFT}
    for _ in MACHINE:
        reached |= {after for allowed, after in MACHINE.values() if allowed & reached}
    assert reached == set(PostState)
    left = {state for allowed, _ in MACHINE.values() for state in allowed}
    assert set(PostState) - left == {PostState.PUBLISHED}


@pytest.mark.parametrize("state", list(PostState))
def test_an_edit_after_submission_voids_approvals(state: PostState) -> None:
    made = post(state)
    other = Content(text="Other", accounts=("acme",))
    if state not in EDITABLE:
        with pytest.raises(WrongMoment, match="cannot be edited"):
            made.revise(other, LATER)
        return
    assert made.is_editable
    assert made.revise(other, LATER)
    assert (made.revision, made.digest, made.content) == (2, other.digest(), other)
    assert made.state == (PostState.DRAFT if state == PostState.DRAFT else PostState.REVIEW)


def test_an_edit_without_a_difference_changes_nothing() -> None:
    made = post(PostState.SCHEDULED)
    assert not made.revise(made.content, LATER)
    assert (made.state, made.revision) == (PostState.SCHEDULED, 1)


def test_a_card_of_another_revision_is_out_of_date() -> None:
    made = post()
    made.expect(1)
    with pytest.raises(OutOfDate, match="it showed revision 3, now it is 1"):
        made.expect(3)


def test_a_new_hour_is_warned_of_anew() -> None:
    made = post()
    made.warned_at = NOW
    made.set_hour(LATER, "2026-11-23T11:00:00", "Europe/Rome", NOW)
    assert (made.wall, made.zone) == ("2026-11-23T11:00:00", "Europe/Rome")
    assert {made.due_at, made.warned_at} == {LATER, None}


def test_a_revision_keeps_what_would_have_been_published() -> None:
    made = post(text="First")
    kept = Revision.of(made, 7, NOW)
    made.revise(Content(text="Second"), LATER)
    assert (kept.number, kept.member_id, kept.content.text, kept.digest) == (1, 7, "First", kept.content.digest())
    assert (made.number, made.code) == (12, "P12")


@given(contents, contents)
def test_two_contents_have_one_digest_only_if_nothing_differs(one: Content, other: Content) -> None:
    assert (one.digest() == other.digest()) == (one.model_dump() == other.model_dump())


def test_digests_that_were_stored_before_there_were_formats_stay_valid() -> None:
    """Computed by the release before; an approval is bound to it."""
    content = Content(text="Hello", link="https://x.example", accounts=("acme",))
    assert content.digest() == "f407e524473c133f759a421a1fa0465ce4baf96bd43c00d7ccdef5a307bcba29"


@given(contents)
def test_content_survives_being_stored(content: Content) -> None:
    again = Content.model_validate(content.model_dump(mode="json"))
    assert again == content
    assert again.digest() == content.digest()


@given(contents, st.sampled_from(["acme", "acme_it", "other"]))
def test_parts_are_never_none_and_hold_no_break(content: Content, account: str) -> None:
    parts = content.parts(account)
    assert parts
    assert all(line.strip() != PART_BREAK for part in parts for line in part.splitlines() if not content.link)


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (Content(), ("",)),
        (Content(text="One\n---\nTwo"), ("One", "Two")),
        (Content(text="---\n One \n  ---  \n\n---\nTwo\n---"), ("One", "Two")),
        (Content(text="a --- b"), ("a --- b",)),
        (Content(text="One\n---\nTwo", link="https://x.example"), ("One\n\nhttps://x.example", "Two")),
        (Content(text="See https://x.example", link="https://x.example"), ("See https://x.example",)),
        (Content(link="https://x.example"), ("https://x.example",)),
        (Content(text="Hi", wording={"acme": "Ciao"}), ("Ciao",)),
    ],
)
def test_a_text_falls_into_parts_at_its_breaks(content: Content, parts: tuple[str, ...]) -> None:
    assert content.parts("acme") == parts


def test_a_link_that_is_shown_beside_the_text_is_not_in_it() -> None:
    assert Content(text="One\n---\nTwo", link="https://x.example").parts("acme", linked=False) == ("One", "Two")
