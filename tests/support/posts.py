"""Posts on the bench, as far along as a test needs them."""

from typing import Any

from support.bench import DeskBench


def draft(bench: DeskBench, text: str = "Hello, world", *, accounts: tuple[str, ...] = ("acme",), **more: Any) -> str:
    """Ada's draft; returns its code."""
    bench.say("Ada", f"post {text}")
    bench.fill("Ada", bench.form, accounts=accounts, **more)
    newest = max(post.number for post in bench.posts())
    return f"P{newest}"


def submitted(bench: DeskBench, text: str = "Hello, world", **more: Any) -> str:
    """Ada's post in review."""
    code = draft(bench, text, **more)
    bench.press("Ada", "Submit", code)
    return code


def approved(bench: DeskBench, text: str = "Hello, world", **more: Any) -> str:
    """Ada's post, approved by Bruno."""
    code = submitted(bench, text, **more)
    bench.press("Bruno", "Approve", code)
    return code


def published(bench: DeskBench, text: str = "Hello, world", **more: Any) -> str:
    """Ada's post, sent on its way by Bruno."""
    code = approved(bench, text, **more)
    bench.press("Bruno", "Publish now", code)
    return code
