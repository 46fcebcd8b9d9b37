"""A consent is good once, for ten minutes; what it gave waits an hour, and is forgotten when it is chosen or failed."""

from datetime import UTC, datetime, timedelta

import pytest

from models.consent import CHOICE_LIFE, CONSENT_LIFE, Consent, ConsentState, hashed
from models.credential import Found
from models.errors import WrongMoment

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FOUND = tuple(Found(remote_id=str(n), handle=f"acme{n}", name="Acme", sealed=f"sealed-{n}") for n in range(2))


def begun() -> tuple[Consent, str]:
    return Consent.begin(platform="facebook", account="acme", member_id=1, origin={}, now=NOW)


def test_its_secret_is_kept_as_a_hash_only() -> None:
    (consent, secret), (_, another) = begun(), begun()
    assert secret != another
    assert len(secret) >= 43  # 32 bytes
    assert secret not in repr(consent.model_dump())
    assert consent.state_hash == hashed(secret)


def test_it_is_spent_once_and_in_time() -> None:
    consent, _ = begun()
    with pytest.raises(WrongMoment, match="older than ten minutes"):
        consent.spend(NOW + CONSENT_LIFE)
    consent.spend(NOW + CONSENT_LIFE - timedelta(seconds=1))
    with pytest.raises(WrongMoment, match="used already"):
        consent.spend(NOW)


@pytest.mark.parametrize(("index", "after"), [(2, timedelta()), (-1, timedelta()), (0, CHOICE_LIFE)])
def test_what_was_not_given_or_is_too_old_cannot_be_chosen(index: int, after: timedelta) -> None:
    consent, _ = begun()
    consent.spend(NOW)
    consent.identities(FOUND, NOW)
    with pytest.raises(WrongMoment, match="too long ago"):
        consent.choose(index, NOW + after)


def test_one_is_chosen_and_the_others_are_forgotten() -> None:
    consent, _ = begun()
    consent.spend(NOW)
    consent.identities(FOUND, NOW)
    assert consent.choices == FOUND
    assert consent.choose(1, NOW) == FOUND[1]
    assert (consent.state, consent.found) == (ConsentState.DONE, [])
    with pytest.raises(WrongMoment, match="chosen already"):
        consent.choose(0, NOW)


def test_a_failure_forgets_what_was_given() -> None:
    consent, _ = begun()
    consent.spend(NOW)
    consent.identities(FOUND, NOW)
    consent.fail("nobody wants it")
    assert (consent.state, consent.reason, consent.found) == (ConsentState.FAILED, "nobody wants it", [])
