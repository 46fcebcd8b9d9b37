"""What the Marketing API refuses: code 100 with a subcode, a title and a sentence for people (meta.md 6.5)."""

from typing import Any

from sandbox.meta.errors import GraphError


def wrong(title: str, sentence: str, subcode: int = 0, *, blame: tuple[str, ...] = ()) -> GraphError:
    """Code 100; `blame` names the parameters at fault."""
    data: Any = {"blame_field_specs": [[name] for name in blame]} if blame else None
    return GraphError(100, "Invalid parameter", subcode=subcode, title=title, user_message=sentence, data=data)


def archived(what: str) -> GraphError:
    """Code 100: what was archived keeps all but its name and its status."""
    return wrong("Archived", f"Only the name and the status of an archived {what} can be changed.")


def deleted(what: str) -> GraphError:
    """Code 100: what was deleted stays as it is (1487056 for an ad set)."""
    return wrong("Deleted", f"This {what} was deleted and cannot be changed.", 1_487_056 if what == "ad set" else 0)


def too_low(minimum: str) -> GraphError:
    """Code 100, subcode 1885272: the budget is under the least that the account may set."""
    return wrong("Your budget is too low", f"Your budget must be at least {minimum}.", 1_885_272)
