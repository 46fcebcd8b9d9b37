"""What is counted for insights: per post, and per Page and day (meta.md 2.6)."""

from collections import Counter

from sandbox.meta.pages.model import Engaged, Page, PagePost
from sandbox.meta.tables.insights import REACTION_WORDS
from sandbox.meta.world import World


def count(world: World, page_id: str, **amounts: int) -> None:
    """Add to today's numbers of a Page."""
    page = world.objects.get(page_id)
    if isinstance(page, Page):
        day = page.daily.setdefault(world.now().date().isoformat(), {})
        for name, amount in amounts.items():
            day[name] = day.get(name, 0) + amount


def viewed(world: World, post: PagePost, **amounts: int) -> None:
    """Add to the numbers of a post (views, reach, clicks, video_views, video_view_time) and its Page."""
    for name, amount in amounts.items():
        post.numbers[name] = post.numbers.get(name, 0) + amount
    count(world, post.holder, **{name: amounts[name] for name in ("views", "reach") if name in amounts})


def by_type(subject: Engaged) -> dict[str, int]:
    """How many reacted how, by the names of the graph (LIKE, LOVE…)."""
    return dict(Counter(subject.reactions.values()))


def numbers(post: PagePost) -> dict[str, int | dict[str, int]]:
    """Everything countable about a post by the names of the tables."""
    words = {REACTION_WORDS.get(sort, sort.lower()): n for sort, n in by_type(post).items()}
    clicks = post.numbers.get("clicks", 0)
    return {
        **{name: post.numbers.get(name, 0) for name in ("views", "reach", "clicks", "video_views", "video_view_time")},
        **{f"reactions_{word}": words.get(word, 0) for word in REACTION_WORDS.values()},
        "clicks_by_type": {"other clicks": clicks} if clicks else {},
        "reactions_by_type": words,
    }
