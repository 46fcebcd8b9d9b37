"""What members agree to or send: where a chat leaves something of it out, nothing counts before that was shown."""

from functools import partial

import pytest
from sqlmodel import SQLModel

from bot.telegram import render
from handlers.cards import Card
from handlers.intents import Pressed
from handlers.registry import registry
from models.audience import AudienceRow
from models.boost import Boost
from models.conversation import Reply
from models.member import Role, named
from models.post import Post
from models.profile import Profile
from support import meta_scenes, scenes
from support.inbox_bench import InboxBench
from support.paper import buttons
from support.rules import RULES, Rule
from support.scenes import Scene

#: A chat in which hardly anything is shown whole.
NARROW = 330
VERDICTS: dict[str, tuple[Scene, type[SQLModel]]] = {
    "approve": (scenes.in_review, Post),
    "boost_approve": (meta_scenes.boost_wished, Boost),
    "page_accept": (meta_scenes.page_proposed, Profile),
    "audience_accept": (meta_scenes.audience_proposed, AudienceRow),
    "send_reply": (scenes.previewed, Reply),
}


def rule_of(verb: str) -> Rule:
    return next(rule for rule in RULES if rule.kind == "button" and rule.verb == verb)


@pytest.fixture
def narrow(desk: InboxBench) -> InboxBench:
    rest = partial(render.rest, most=NARROW)
    for paper in desk.papers.values():
        paper.rest = rest
    desk.reshape(rest=dict.fromkeys(desk.papers, rest))
    return desk


def of_subject(desk: InboxBench, card: Card, subject: str) -> list[str]:
    return [button.verb for button in buttons(card) if button.subject == subject]


@pytest.mark.parametrize("verb", VERDICTS)
def test_no_verdict_counts_on_what_a_chat_left_out(narrow: InboxBench, verb: str) -> None:
    scene, table = VERDICTS[verb]
    rule = rule_of(verb)
    subject = scene(narrow)
    with narrow.store.write() as session:
        named(session, rule.by).roles = [role.value for role in Role]
    before = narrow.rows(table)[0].model_dump()
    old = rule.intent(narrow, rule.by, subject)
    assert isinstance(old, Pressed)
    narrow.act(old)
    assert f"does not show all of {subject}" in narrow.whispered(rule.by)
    assert narrow.rows(table)[0].model_dump() == before
    more = next(b for b in buttons(narrow.aside(rule.by)) if b.verb == "rest")
    narrow.act(narrow.pressed(rule.by, more))
    last = narrow.aside(rule.by)
    assert of_subject(narrow, last, subject) == [verb], "below the last part"
    narrow.act(narrow.pressed(rule.by, next(iter(buttons(last)))))
    assert narrow.rows(table)[0].model_dump() != before


def test_every_verdict_that_a_card_offers_is_known_here() -> None:
    """A new one is marked `whole`, and asks `handlers.seen.unseen` before it counts."""
    assert set(VERDICTS) <= set(registry.buttons)
    named_so = {verb for verb in registry.buttons if verb.endswith(("approve", "_accept")) or verb.startswith("send_")}
    assert named_so == set(VERDICTS)
