"""Everything that is asked of a network, as calls that can be made again and again on adapters that know nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import methodcaller
from pathlib import Path
from typing import Any

from PIL import Image

from platforms.contract import (
    Attachment,
    AudienceKind,
    AudiencePlan,
    BoostOrder,
    BoostPart,
    Goal,
    MediaNotReady,
    Outgoing,
    PageChange,
    Platform,
    Published,
    Targeting,
)
from platforms.mastodon.adapter import Mastodon
from platforms.spec import Keys
from support.patience import CALLS
from support.platform_bench import Bench
from support.platform_progress import Kept
from support.platform_shelf import attachment


@dataclass(frozen=True)
class Call:
    """What is done with an adapter, and the requests (with *) of which the last may have been acted on."""

    name: str
    do: Callable[[Any], object]
    acts: tuple[str, ...] = ()


def connected(bench: Bench, address: str) -> Platform:
    """An adapter that knows nothing yet, and waits for nothing."""
    if bench.name == "mastodon":
        return Mastodon(base_url=address, keys=Keys(bench.token), options={}, pause=lambda _: None, timeout=CALLS)
    return bench.connect(address)


def calls(bench: Bench, account: Any, folder: Path) -> Iterator[Call]:
    """Every call that this network takes; what they are about is made here, with the true network."""
    post = account.publish(bench.outgoing("Fresh bread"), "key-0", Kept()).remote_id
    cursor = account.comments("").cursor
    comment = bench.says("Is it still warm?", reply_to=post)
    bench.says("And tomorrow?", reply_to=comment)
    yield Call("whoami", lambda a: a.whoami())
    yield from _publishing(bench, post, comment, folder)
    yield Call("comments from now", lambda a: a.comments(""))
    yield Call("comments", lambda a: a.comments(cursor))
    yield Call("comment", lambda a: a.comment(comment))
    yield Call("numbers", lambda a: a.numbers(post))
    yield from _actions(account, account.comment(comment).author.remote_id, post, comment)
    if account.can.boosts:
        yield from _ads(account, post)
    yield Call("delete", lambda a: a.delete(post))


def _publishing(bench: Bench, post: str, comment: str, folder: Path) -> Iterator[Call]:
    kind = bench.picture
    pictures = tuple(_picture(folder / f"{n}.{kind}", kind) for n in range(2))
    film = folder / "film.mp4"
    film.write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * (1024 * 1024 + 5000))
    video = attachment(film, "video/mp4", "it runs")
    wanted = {
        "a text": bench.outgoing("Good morning"),
        "pictures": Outgoing(("Look",), pictures),
        "a film": Outgoing(("Watch",), (video,)),
        "a reply": Outgoing(("Yes, it is",), reply_to=comment),
        "a first comment": Outgoing(("More of it",), reply_to=post),
        "a chain": Outgoing(("One", "Two")),
        "a reel": Outgoing(("Watch",), (video,), format="reel"),
        "a story": Outgoing((), pictures[:1], format="story"),
        "a film's story": Outgoing((), (video,), format="story"),
    }
    can = bench.connect().can
    for name, outgoing in wanted.items():
        if outgoing.format in can.formats and (can.threads or len(outgoing.parts) < 2):
            yield from _published(bench, name, outgoing)


def _published(bench: Bench, name: str, outgoing: Outgoing) -> Iterator[Call]:
    saved: dict[str, str] = {}
    since = datetime.now(UTC) - timedelta(minutes=1)

    def publish(a: Any) -> Published:
        progress = Kept()
        for _ in range(3):
            try:
                found: Published = a.publish(outgoing, f"key of {name}", progress)
            except MediaNotReady:
                continue
            saved.update({key: value for key, value in progress.saved.items() if not key.startswith("part:")})
            return found
        raise MediaNotReady

    yield Call(f"publish {name}", publish, ACTS[bench.name])
    yield Call(f"find {name}", lambda a: a.find(outgoing, f"key of {name}", since, Kept()))
    yield Call(f"find {name} by its progress", lambda a: a.find(outgoing, f"key of {name}", since, Kept(dict(saved))))


#: The requests that make something stand.
ACTS = {
    "mastodon": ("POST /api/v1/statuses",),
    "facebook": (
        "POST */1001/feed", "POST */comments", "POST */photo_stories", "POST */videos", "POST */video_reels",
        "POST */video_stories",
    ),
    "instagram": ("POST */media_publish", "POST */replies", "POST */comments"),
    "threads": ("POST */threads_publish",),
}  # fmt: skip


def _actions(account: Any, author: str, post: str, comment: str) -> Iterator[Call]:
    about = {
        "like": comment, "unlike": comment, "repost": comment, "unrepost": comment, "mute": author, "unmute": author,
        "block": author, "unblock": author, "hide": comment, "unhide": comment, "close_comments": post,
        "open_comments": post, "unboostable": post,
    }  # fmt: skip
    for name, remote_id in about.items():
        if hasattr(account, name):
            yield Call(name, methodcaller(name, remote_id))
    if hasattr(account, "call_us"):
        yield Call("call_us", lambda a: a.call_us())
    if hasattr(account, "look_for"):
        yield Call("look_for", lambda a: a.look_for("https://www.example.com/p/none"))
    if account.can.reports:
        yield Call("report", lambda a: a.report(author, comment, "spam"), ("POST *reports",))
    if account.can.private_replies:
        yield Call("reply_privately", lambda a: a.reply_privately(comment, "Which one?"), ("POST *messages",))
    if account.can.page_settings:
        yield Call("page", lambda a: a.page())
        yield Call("change_page", lambda a: a.change_page(PageChange(about="Bread", hours={"mon": "09:00-13:00"})))
    if account.can.removes_comments:
        yield Call("remove_comment", lambda a: a.remove_comment(comment))


def _ads(account: Any, post: str) -> Iterator[Call]:
    now = datetime.now(UTC).replace(microsecond=0)
    swiss = Targeting(("CH",))
    order = BoostOrder("bottega-B1-7f3a", post, Goal.ENGAGEMENT, 1000, True, now, now + timedelta(days=3), swiss)
    plan = AudiencePlan("Engaged 30 days", AudienceKind.PAGE, days=30)
    made: dict[str, str] = {}
    for part in BoostPart:
        made[part] = account.make_part(part, order, dict(made))
    audience = account.make_audience(replace(plan, name="Engaged before"))
    yield Call("ad_account", lambda a: a.ad_account())
    yield Call("estimate", lambda a: a.estimate(swiss))
    edges = {"campaign": "campaigns", "ad_set": "adsets", "creative": "adcreatives", "ad": "ads"}
    other = replace(order, name="bottega-B2-8a4b")
    for part in BoostPart:
        yield Call(f"make {part}", methodcaller("make_part", part, other, made), (f"POST */{edges[part]}",))
        yield Call(f"find {part}", methodcaller("find_part", part, order, made))
    yield Call("switch on", lambda a: a.switch(made, running=True))
    yield Call("extend", lambda a: a.extend(order, made))
    yield Call("running", lambda a: a.running("bottega-"))
    yield Call("boost_report", lambda a: a.boost_report(order, made))
    yield Call("audiences", lambda a: a.audiences())
    yield Call("make_audience", lambda a: a.make_audience(plan), ("POST */customaudiences",))
    yield Call("find_audience", lambda a: a.find_audience(plan.name))
    yield Call("audience", lambda a: a.audience(audience))


def _picture(path: Path, kind: str) -> Attachment:
    Image.new("RGB", (400, 300), "teal").save(path)
    return attachment(path, f"image/{kind}", "All teal", 400, 300)
