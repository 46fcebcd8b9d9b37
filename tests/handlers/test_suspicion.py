"""Cards and previews say what of a text is not what it seems, and what of the pictures moves."""

import tempfile
from pathlib import Path

import pytest
from PIL import Image

from handlers.intents import Arrived
from models.account import Account
from support import scenes
from support.bench import DeskBench
from support.inbox_bench import InboxBench
from support.paper import words
from support.posts import draft

HIDDEN = "".join(chr(0xE0000 + ord(letter)) for letter in "buy now")


def film(bench: DeskBench) -> Arrived:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    with tempfile.NamedTemporaryFile(suffix=".gif", delete=False) as file:
        frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=1500, loop=0)
    return bench.archive.keep(Path(file.name), "film.gif")


@pytest.mark.parametrize("chat", ["slack", "telegram"])
def test_a_card_says_what_nobody_sees_in_each_of_its_texts(bench: DeskBench, chat: str) -> None:
    draft(bench, f"Fresh bread{HIDDEN} today", files=(bench.picture(),), alt="a lo\u00adaf")
    bench.press("Ada", "Submit", "P1")
    shown = bench.shown("P1", chat=chat)
    assert (
        "⚠️ Text: 7 invisible characters (Unicode tags), the first after “Fresh bread”. To software it says “buy now”."
    ) in shown
    assert "⚠️ Alt text of picture 1: 1 invisible character (soft hyphens) after “a lo”." in shown


def test_a_card_warns_of_a_link_that_looks_like_ours(bench: DeskBench) -> None:
    with bench.store.write() as session:
        session.get_one(Account, "acme").handle = "acme@bakery.example"
    draft(bench, "Order at https://bаkery.example/now")
    assert (
        "Text: The link to bаkery.example looks like bakery.example, which is ours, but leads elsewhere."
        in bench.shown("P1")
    )
    bench.say("Ada", "edit P1 Order at https://bakery.example/now")
    assert "elsewhere" not in bench.shown("P1")


def test_the_hosts_of_the_settings_are_ours_too(bench: DeskBench) -> None:
    bench.reshape(hosts=frozenset({"social.example"}))
    draft(bench, "See https://sociаl.example")
    assert "looks like social.example, which is ours" in bench.shown("P1")


def test_a_card_says_that_a_picture_moves_and_how_long(bench: DeskBench) -> None:
    draft(bench, "Look", files=(bench.picture(), film(bench)))
    assert "Picture 2 moves: 3 seconds, again and again." in bench.shown("P1")
    assert "Picture 1 moves" not in bench.shown("P1")


def test_the_preview_of_a_reply_says_what_nobody_sees_in_it(desk: InboxBench) -> None:
    scenes.commented(desk)
    desk.preview(text=f"At seven{HIDDEN}.")
    assert "7 invisible characters (Unicode tags)" in words(desk.aside("Chiara"))


def test_ordinary_texts_are_warned_of_nothing(bench: DeskBench) -> None:
    draft(bench, "Ciao 👩\u200d👩\u200d👧, see https://bäckerei.example and می\u200cخواهم")
    assert "⚠️" not in bench.shown("P1")
