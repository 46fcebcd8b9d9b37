"""What members read is there in every language."""

import ast
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages import Message

from handlers.team.deeds import DEEDS
from handlers.words import N_, SOURCE, STATES, Sentence, language_for, languages, translator
from locales.catalogues import FOLDERS, KEYWORDS, ROOT, load, missing, same_placeholders, sentences
from models.boost_state import BoostState
from models.conversation import CommentState
from models.delivery import DeliveryState
from models.member import Role
from models.post import PostState

TRANSLATED = [lang for lang in languages() if lang != SOURCE]


def messages(lang: str) -> list[Message]:
    return [message for message in load(lang) if message.id]


@cache
def calls() -> tuple[ast.Call, ...]:
    """Every call in the code that members hear."""
    files = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    nodes = (node for path in files for node in ast.walk(ast.parse(path.read_text())))
    return tuple(node for node in nodes if isinstance(node, ast.Call))


def called(name: str) -> Iterator[ast.Call]:
    """Those of something with that name."""
    return (call for call in calls() if getattr(call.func, "attr", getattr(call.func, "id", "")) == name)


def constants(nodes: list[ast.expr]) -> tuple[str, ...]:
    return tuple(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


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


def test_no_sentence_escapes_the_collection() -> None:
    known = sentences()
    plurals = {constants(call.args[:2]) for call in called("n")}
    assert plurals <= known, "the collector reads `t` between the brackets of t.n as a call: compute that before"
    for keyword in KEYWORDS.keys() - {"n"}:
        said = {sentence for call in called(keyword) for sentence in constants(call.args[:1]) if sentence}
        assert said <= known, keyword


def test_whatever_is_audited_has_words() -> None:
    actions = {action for call in called("audit") for action in constants(call.args[:1])}
    assert len(actions) > 20
    assert actions <= DEEDS.keys()


def test_states_and_roles_are_said_in_the_language_of_their_sentence() -> None:
    refused = "{post} is {state}, so that is not possible now. Open it to see what is."
    assert translator("en")(refused, post="P1", state=PostState.REVIEW).startswith("P1 is in review, so")
    assert translator("it")(refused, post="P1", state=PostState.REVIEW).startswith("P1 è in revisione, quindi")
    assert translator("it")("{member} is {role} already.", member="Ada", role=Role.AUTHOR) == "Ada è già autore."
    for state in (*PostState, *CommentState, *DeliveryState, *BoostState):
        assert state.value in STATES


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
