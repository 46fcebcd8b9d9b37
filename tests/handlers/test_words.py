"""What members read is there in every language."""

import pytest
from babel.messages import Message

from handlers.words import N_, SOURCE, Sentence, language_for, languages, translator
from locales.catalogues import load, missing, same_placeholders, sentences

TRANSLATED = [lang for lang in languages() if lang != SOURCE]


def messages(lang: str) -> list[Message]:
    return [message for message in load(lang) if message.id]


def test_english_and_italian_are_spoken() -> None:
    assert languages() == ("en", "it")


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_sentence_of_the_code_is_translated(lang: str) -> None:
    assert missing(lang) == {}, "run `make messages`, then `make missing`"


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_catalogue_keeps_a_sentence_the_code_has_not(lang: str) -> None:
    known = sentences()
    assert [message.id for message in messages(lang) if message.id not in known] == [], "run `make messages`"
    assert not load(lang).obsolete


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_translation_is_a_guess(lang: str) -> None:
    assert [message.id for message in messages(lang) if message.fuzzy] == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_translations_fill_the_same_placeholders(lang: str) -> None:
    for message in messages(lang):
        sentence = message.id if isinstance(message.id, str) else message.id[1]
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if all(forms):
            assert same_placeholders(sentence, forms), sentence


def test_a_sentence_without_translation_stays_english() -> None:
    assert translator("it")("Nobody wrote {this}.", this="yet") == "Nobody wrote yet."


def test_an_unknown_language_is_answered_in_english() -> None:
    assert translator("tlh").lang == "en"
    assert translator("").lang == "en"


@pytest.mark.parametrize("lang", ["it", "it-IT", "it_IT", "IT"])
def test_a_language_is_known_by_every_name_chats_give_it(lang: str) -> None:
    assert translator(lang).lang == "it"


def test_the_first_language_that_we_speak_is_spoken() -> None:
    assert language_for("", "tlh", "it-IT", "en") == "it"
    assert language_for("de", "") == "en"


def test_braces_that_people_type_are_text() -> None:
    t = translator("en")
    assert t("You wrote “{typed}”.", typed="{0} {x!r} }{") == "You wrote “{0} {x!r} }{”."
    assert t("Nothing to fill in {here") == "Nothing to fill in {here"


def test_a_sentence_kept_for_later_is_translated_where_it_is_shown() -> None:
    kept = Sentence("That night the clocks show {hour} twice; I took the first.", hour="02:30")
    assert translator("it")(kept).startswith("Quella notte")
    assert N_("later") == "later"


def test_a_count_chooses_the_form() -> None:
    t = translator("en")
    assert [t.n("{count} post", "{count} posts", count) for count in (0, 1, 2)] == ["0 posts", "1 post", "2 posts"]


def test_the_empty_sentence_is_empty_in_every_language() -> None:
    assert [translator(lang)("") for lang in languages()] == ["", ""]


def test_a_translation_may_drop_the_count_of_one_but_adds_nothing() -> None:
    assert same_placeholders("{count} posts", ["un post", "{count} post"])
    assert not same_placeholders("{count} posts", ["{count} post", "i post"])
    assert not same_placeholders("{post} is live", ["{poste} è online"])
