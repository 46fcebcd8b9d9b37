"""What is sealed opens with the keys alone, a new key takes over by itself, and what passes is no more in the log."""

import pytest
import structlog

from bot import log
from bot.vault import Unopenable, Unsealable, Vault, new_key

TOKENS = {"token": "EAAB-a-token-of-a-page", "ads_token": "EAAB-of-a-person"}


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    vault = Vault([new_key()])
    sealed = vault.seal(TOKENS)
    assert "EAAB" not in sealed
    assert vault.open(sealed) == TOKENS
    assert vault.seal(TOKENS) != sealed


def test_without_a_key_nothing_is_sealed_and_the_cure_is_said() -> None:
    assert not Vault([]).has_key
    with pytest.raises(Unsealable, match="bottega init --key"):
        Vault([]).seal(TOKENS)
    with pytest.raises(Unopenable, match="is not set"):
        Vault([]).open(Vault([new_key()]).seal(TOKENS))


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Unopenable, match="another key"):
        Vault([new_key()]).open(Vault([new_key()]).seal(TOKENS))


def test_the_first_of_two_keys_seals_and_both_open() -> None:
    old, new = new_key(), new_key()
    sealed = Vault([old]).seal(TOKENS)
    both = Vault([new, old])
    assert both.open(sealed) == TOKENS
    assert both.is_old(sealed)
    fresh = both.seal(TOKENS)
    assert not both.is_old(fresh)
    assert Vault([new]).open(fresh) == TOKENS


@pytest.mark.usefixtures("logging_as_it_was")
def test_what_was_opened_is_taken_out_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    log.setup("info", "json", [])
    vault = Vault([new_key()])
    vault.open(vault.seal(TOKENS))
    structlog.get_logger().info("asked", address=f"https://graph.example/me?access_token={TOKENS['token']}")
    written = capsys.readouterr().err
    assert "access_token=[secret]" in written
    assert TOKENS["token"] not in written
