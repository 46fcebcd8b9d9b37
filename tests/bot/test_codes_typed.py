"""A code that somebody types is hashed before it is stored; whatever else begins alike is left as it was."""

import pytest

from bot.codes import without_codes
from models.member import hash_code

CODE = "ABCD-EFGH-JKMN-PQ23"
HASHED = "#" + hash_code(CODE.replace("-", ""))


@pytest.mark.parametrize(
    "typed",
    [
        "link {}",
        "/link {}",
        "/start {}",
        "/link@DeskBot {}",
        "@DeskBot link {}",
        "<@U0BOT> link {}",
        "/social link {}",
        " LINK  {}",
        "link\n{}",
        "<@U0BOT|desk>: link {}",
    ],
)
@pytest.mark.parametrize("code", [CODE, CODE.lower(), CODE.replace("-", ""), CODE.replace("-", " ")])
def test_a_typed_code_becomes_its_hash(typed: str, code: str) -> None:
    body = {"event": {"text": typed.format(code), "blocks": [{"elements": [typed.format(code)]}]}}
    told = typed.format(HASHED)
    assert without_codes(body) == {"event": {"text": told, "blocks": [{"elements": [told]}]}}


@pytest.mark.parametrize(
    "words",
    [
        "link",
        "link in bio",
        "link to our page",
        "Link in bio: https://acme.example/12345678",
        "post link ABCD-EFGH-JKMN-PQ23",
        "start at 9",
        "link Ada",
        f"link {HASHED}",
        "link " + "ab-" * 300,
    ],
)
def test_what_is_no_code_stays(words: str) -> None:
    assert without_codes({"text": words, "n": 1, "x": None}) == {"text": words, "n": 1, "x": None}
