"""How the pretend Meta fails: errors that only Graph has, tokens that are refused for a while, slow or bad reviews."""

from collections.abc import Callable
from typing import Any

from chaos.page import Page
from support.meta_client import ADS, PAGE_TOKEN

#: What Graph's errors are like beside what is drawn.
ERRORS: dict[str, dict[str, Any]] = {
    "ads refused": {},
    "ads usage limit": {"code": 80004, "subcode": 2446079},
    "acted and told an error": {"status": 500, "is_transient": True, "after": True},
}
KINDS = frozenset({*ERRORS, "access lost", "ads reviewed"})
#: The subcode of a token whose session was ended, and what makes it good again.
ENDED, GOOD = 460, 0
TOKENS = {"page": PAGE_TOKEN, "ads": ADS}


def strike(page: Page, kind: str, given: dict[str, Any], after: Callable[[float, Callable[[], Any]], None]) -> None:
    """Bring it about, and `after` some seconds its end."""
    stage = page.stage
    match kind:
        case "access lost":
            token = TOKENS[given["whose"]]
            stage.act("token", token=token, end=ENDED)
            after(given["seconds"], lambda: stage.act("token", token=token, end=GOOD))
        case "ads reviewed":
            stage.act("ads/settings", review_seconds=float(given["seconds"]), ads_verdict=given["verdict"])
        case _:
            stage.act("fail", **given, **ERRORS[kind])


def calm(page: Page) -> None:
    """All is well again. Errors that nobody has met stay, like kills at a step; whose ad was refused stays so."""
    page.stage.calm()
    for token in TOKENS.values():
        page.stage.act("token", token=token, end=GOOD)
    page.stage.act("ads/settings", review_seconds=0.0, ads_verdict="approve")
