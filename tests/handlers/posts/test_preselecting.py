"""Which accounts a new draft is for before anybody has chosen."""

from dataclasses import replace

import pytest

from handlers.forms import Field
from handlers.intents import Quoted
from handlers.setup import OurAccount
from models.account import Account
from models.approval import Policy
from models.post import PostState
from platforms.instagram.adapter import Instagram
from support.bench import DeskBench
from support.meta_bench import KEYS

#: Nothing is asked of it.
NOWHERE = "http://127.0.0.1:9"
ALONE = "Gram is not chosen: Instagram publishes no text alone: add a picture or a film."


@pytest.fixture
def gram(bench: DeskBench) -> DeskBench:
    """The bench with an Instagram account beside the others."""
    platform = Instagram(base_url=NOWHERE, keys=KEYS, options={}, now=bench.clock)
    account = OurAccount(name="gram", title="Gram", platform=platform, policy=Policy())
    bench.reshape(accounts={**bench.setup.accounts, "gram": account})
    with bench.store.write() as session:
        session.add(Account(name="gram", platform="instagram"))
    return bench


def preselect(bench: DeskBench, *names: str) -> None:
    """The settings preselect these accounts alone."""
    ours = bench.setup.accounts
    bench.reshape(accounts={name: replace(ours[name], preselected=name in names) for name in ours})


def asked(bench: DeskBench) -> Field:
    """What the open form asks about accounts."""
    return next(field for field in bench.form.fields if field.name == "accounts")


def test_every_way_to_a_draft_begins_with_the_accounts_that_are_preselected(bench: DeskBench) -> None:
    preselect(bench, "acme_it")
    bench.say("Ada", "post Hello")
    assert asked(bench).value == ("acme_it",)
    assert [option.value for option in asked(bench).options] == ["acme", "acme_it"]
    bench.say("Ada", "post")
    assert asked(bench).value == ("acme_it",)
    bench.say("Ada", "post", quoted=Quoted(text="A message", message_id="9"))
    assert asked(bench).value == ("acme_it",)
    bench.say("Ada", "post Hello", chat="telegram")
    bench.say("Ada", "post", chat="telegram", quoted=Quoted(text="A message", message_id="9"))
    bench.say("Ada", "post Hello", thread="t1")
    assert [post.content.accounts for post in bench.posts()] == [("acme_it",)] * 3


def test_the_questions_of_a_chat_without_forms_begin_with_them_too(bench: DeskBench) -> None:
    preselect(bench, "acme_it")
    bench.say("Ada", "post", chat="telegram")
    bench.answer("Ada", "Typed as an answer")
    labels = [button.label for button in bench.papers["telegram"].whispers[-1][1].buttons]
    assert labels[:2] == ["acme", "✓ acme_it"]


def test_a_draft_for_no_account_says_so_and_does_not_go_on(bench: DeskBench) -> None:
    preselect(bench)
    bench.say("Ada", "post Hello", chat="telegram")
    assert bench.post().content.accounts == ()
    assert "⛔ No account is chosen: edit the post and pick one." in bench.shown("P1", chat="telegram")
    bench.press("Ada", "Submit", "P1", chat="telegram")
    assert bench.whispered("Ada", chat="telegram") == "No account is chosen: edit the post and pick one."
    assert bench.post().state == PostState.DRAFT


def test_a_desk_whose_only_account_is_not_preselected_lets_it_be_chosen(bench: DeskBench) -> None:
    bench.reshape(accounts={"acme": bench.account("acme")})
    bench.say("Ada", "post Hello")
    assert "accounts" not in {field.name for field in bench.form.fields}
    preselect(bench)
    bench.say("Ada", "post Hello")
    form = bench.form
    assert bench.fill("Ada", form).refusal == "Choose at least one account."
    bench.fill("Ada", form, accounts=("acme",))
    assert bench.post().content.accounts == ("acme",)


# -- words alone


def test_a_message_of_words_alone_is_not_for_an_account_that_refuses_them_and_says_why(gram: DeskBench) -> None:
    gram.say("Ada", "post Hello", chat="telegram")
    assert gram.post().content.accounts == ("acme", "acme_it")
    assert gram.whispered("Ada", chat="telegram") == ALONE
    assert "⛔" not in gram.shown("P1", chat="telegram")
    gram.say("Ada", "post Hello")
    assert (asked(gram).value, asked(gram).hint) == (("acme", "acme_it"), ALONE)
    assert not gram.fill("Ada", gram.form).refusal


def test_a_message_with_a_picture_is_for_it(gram: DeskBench) -> None:
    gram.say("Ada", "post Hello", chat="telegram", files=(gram.picture(),))
    assert gram.post().content.accounts == ("acme", "acme_it", "gram")
    assert ALONE not in gram.whispered("Ada", chat="telegram")


def test_a_form_with_nothing_in_it_is_for_all_that_are_preselected(gram: DeskBench) -> None:
    gram.say("Ada", "post")
    assert (asked(gram).value, asked(gram).hint) == (("acme", "acme_it", "gram"), "")


def test_it_stays_chosen_where_nothing_else_is_preselected(gram: DeskBench) -> None:
    preselect(gram, "gram")
    gram.say("Ada", "post Hello", chat="telegram")
    assert gram.post().content.accounts == ("gram",)
    assert "⛔ Instagram publishes no text alone" in gram.shown("P1", chat="telegram")


def test_nothing_is_said_of_an_account_that_the_settings_leave_out(gram: DeskBench) -> None:
    preselect(gram, "acme")
    gram.say("Ada", "post Hello")
    assert (asked(gram).value, asked(gram).hint) == (("acme",), "")


def test_the_form_of_a_post_that_stands_says_nothing_of_it(gram: DeskBench) -> None:
    gram.say("Ada", "post Hello", chat="telegram")
    gram.say("Ada", "edit P1")
    assert asked(gram).hint == ""
