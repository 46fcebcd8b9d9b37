"""What of a card's files Slack showed is known, where the card stands and in copies of it."""

import pytest

from bot.slack.speak import SlackVoice
from handlers.cards import Button, Card, Picture
from handlers.delivery.voice import Standing
from handlers.intents import Place
from models.media import Media
from support.platform_progress import Kept
from support.slack_chat import CHIARA, REVIEW, Heard, SlackBench, now

PLACE = Place(chat="slack", room=REVIEW)


@pytest.fixture
def voice(bench: SlackBench) -> SlackVoice:
    return bench.chat(Heard()).voice


def test_what_slack_shows_and_what_not_is_known(bench: SlackBench, voice: SlackVoice) -> None:
    bench.add_picture(1)
    (bench.folder / "odd").write_bytes(b"no picture at all")
    odd = Media(id=8, sha256="8" * 64, mime="image/png", size=17, name="odd.png", created_at=now())
    bench.media[8] = (bench.folder / "odd", odd)
    card = Card(title="P1", pictures=(Picture(media_id=1), Picture(media_id=8)))
    sent = voice.send(PLACE, card, key="k8", reply_to="", progress=Kept())
    assert sent.hidden == (8,)
    before = Standing(sent.message_id, (), (1, 8), (8,))
    assert voice.edit(PLACE, before, card.model_copy(update={"title": "P2"}), progress=Kept()).hidden == (8,)


def test_a_verdict_on_a_copy_tells_whether_its_pictures_are_in_it(bench: SlackBench, voice: SlackVoice) -> None:
    bench.add_picture(1)
    verdict = Button(verb="approve", label="Approve", subject="P1", revision=1, value="t", whole=True)
    for pictures, value in (((1,), "w"), ((1, 9), "t")):
        card = Card(title="P1", pictures=tuple(Picture(media_id=one) for one in pictures), buttons=(verdict,))
        voice.direct(CHIARA, "", card, key="k")
        assert f"v1:approve:P1:1:{value}~" in str(bench.person("Chiara").messages("dm")[-1])
