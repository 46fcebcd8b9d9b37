"""What members choose for themselves: language and zone; and the way out of a form."""

import pytest

from handlers.times.zones import find_zone, similar_zones
from models.card import Question
from models.member import Member
from support.bench import DeskBench
from support.whispers import offered, press, whisper


def ada(bench: DeskBench) -> Member:
    return bench.rows(Member, Member.name == "Ada")[0]


# -- language ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", ["it", "IT", "it-IT", "it_IT", "Italian", "italiano"])
def test_a_language_is_chosen_by_code_or_name(bench: DeskBench, wish: str) -> None:
    bench.say("Ada", f"language {wish}")
    assert ada(bench).language == "it"
    assert "italiano" in bench.whispered("Ada")
    assert bench.actions("M1") == ["chose a language"]


def test_a_language_that_is_not_spoken_is_refused_with_those_that_are(bench: DeskBench) -> None:
    bench.say("Ada", "language klingon")
    assert "I do not speak “klingon”. I speak: en (English), it (Italian)." in bench.whispered("Ada")
    assert ada(bench).language == ""


def test_language_alone_asks_with_buttons(bench: DeskBench) -> None:
    bench.say("Ada", "language")
    assert "I speak English to you. That follows your chat profile." in bench.whispered("Ada")
    press(bench, "Ada", "Italiano")
    assert ada(bench).language == "it"
    bench.say("Ada", "language en")
    bench.say("Ada", "language")
    assert "You chose that." in bench.whispered("Ada")
    assert offered(bench, "Ada", "English").tone == "primary"
    press(bench, "Ada", "As in my chat")
    assert ada(bench).language == ""


def test_auto_follows_the_chat_profile_again(bench: DeskBench) -> None:
    bench.say("Ada", "language en", language="it")
    bench.say("Ada", "language auto", language="it")
    assert ada(bench).language == ""
    assert "italiano" in bench.whispered("Ada")


# -- zone --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", ["Asia/Tokyo", "asia/tokyo", "asia tokyo", "Tokyo", " tokyo "])
def test_a_zone_is_chosen_by_name_or_city(bench: DeskBench, wish: str) -> None:
    bench.say("Ada", f"zone {wish}")
    assert ada(bench).zone == "Asia/Tokyo"
    assert "You mean times in Asia/Tokyo; there it is Mon 23 Nov 2026, 18:00 (Asia/Tokyo) now." in bench.whispered(
        "Ada"
    )
    assert bench.actions("M1") == ["chose a zone"]


def test_zone_alone_shows_it_and_auto_goes_back_to_the_desks(bench: DeskBench) -> None:
    bench.say("Ada", "zone Tokyo")
    bench.say("Ada", "zone")
    assert "You mean times in Asia/Tokyo" in bench.whispered("Ada")
    bench.say("Ada", "zone auto")
    assert ada(bench).zone == ""
    assert "You mean times in Europe/Rome" in bench.whispered("Ada")


def test_a_slip_of_the_finger_is_asked_about_and_changes_nothing(bench: DeskBench) -> None:
    bench.say("Ada", "zone Europ/Rome")
    assert ada(bench).zone == ""
    assert "Did you mean one of these?" in bench.whispered("Ada")
    press(bench, "Ada", "Europe/Rome")
    assert ada(bench).zone == "Europe/Rome"


def test_a_zone_that_is_nowhere_near_is_refused(bench: DeskBench) -> None:
    bench.say("Ada", "zone xyzzy")
    assert "I know no zone called “xyzzy”. Type one like Europe/Rome, or a large city in it." in bench.whispered("Ada")
    assert not whisper(bench, "Ada").buttons


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Roma", "Europe/Rome"),
        ("Londra", "Europe/London"),
        ("new york", "America/New_York"),
        ("Calcutta", "Asia/Kolkata"),
        ("utc", "UTC"),
        ("Etc/GMT+3", "Etc/GMT+3"),
        ("etc/gmt+3", None),
        ("", None),
    ],
)
def test_cities_are_found_in_every_language_we_speak(words: str, zone: str | None) -> None:
    assert find_zone(words) == zone


def test_at_most_four_zones_are_offered_each_once() -> None:
    found = similar_zones("americ new yorkk")
    assert found[0] == "America/New_York"
    assert len(found) == len(set(found)) <= 4


# -- the way out -------------------------------------------------------------------------------------------------------


def test_cancel_stops_the_questions_of_a_form_and_says_so(bench: DeskBench) -> None:
    bench.say("Dario", "team add", chat="telegram")
    assert bench.rows(Question)
    bench.say("Dario", "cancel", chat="telegram")
    assert bench.rows(Question) == []
    assert "Stopped. Nothing was changed." in bench.whispered("Dario", chat="telegram")
    bench.say("Dario", "cancel", chat="telegram")
    assert "I was not asking you anything here" in bench.whispered("Dario", chat="telegram")
