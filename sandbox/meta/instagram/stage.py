"""What people do on Instagram in their apps: the public, and the account's own people."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.meta.instagram import comments, hooks, insights
from sandbox.meta.instagram import media as reading
from sandbox.meta.instagram.model import InstagramAccount, InstagramComment, Media
from sandbox.meta.pages.model import Page
from sandbox.meta.webhooks import Subscription
from sandbox.meta.world import INSTAGRAM_ACCOUNT, PAGE, Json, World
from sandbox.service import Refusal

#: The app of Instagram Login.
APP = "4000000002"
#: What `see` may add to, by the names of the metrics.
SEEN = (
    "views", "reach", "saved", "shares", "reposts", "likes", "follows", "profile_visits", "profile_activity",
    "navigation", "replies", "link_clicks", "ig_reels_avg_watch_time", "ig_reels_video_view_total_time",
    "reels_skip_rate", "crossposted_views", "facebook_views",
)  # fmt: skip


def settle(world: World) -> None:
    """One account, linked to the first Page."""
    world.add(
        InstagramAccount(
            id=INSTAGRAM_ACCOUNT, username="acme", name="Acme", scoped_id="24000000000000001", page=PAGE,
            biography="Good things, made slowly.", website="https://acme.example/", followers=940, follows=61,
            demographics={
                "country": {"IT": 610, "DE": 180, "FR": 90}, "gender": {"F": 520, "M": 390, "U": 30},
                "age": {"25-34": 400, "35-44": 310}, "city": {"Milano, Lombardia": 210, "Torino, Piemonte": 90},
            },
        )
    )  # fmt: skip


def _more(world: World, asked: Json) -> Json:
    """Another account, with a `name` of its own, linked to `page`."""
    name, count = str(asked.get("name", "other")), len(world.all(InstagramAccount))
    made = InstagramAccount(
        id=str(int(INSTAGRAM_ACCOUNT) + count), username=name, name=name, scoped_id=f"2400000000000000{count + 1}",
        page=str(asked["page"]),
    )  # fmt: skip
    world.add(made)
    world.get(made.page, Page).instagram = made.id
    return {"id": made.id}


def _account(world: World) -> InstagramAccount:
    return world.get(INSTAGRAM_ACCOUNT, InstagramAccount)


def _author(world: World, asked: Json) -> str:
    """`as`: a person's name, or "account" for the account's own people in the Instagram app."""
    if asked["as"] == "account":
        return INSTAGRAM_ACCOUNT
    return world.person(asked["as"]).id


def _thing(world: World, asked: Json) -> Media | InstagramComment:
    found = world.objects.get(str(asked["id"]))
    if not isinstance(found, Media | InstagramComment):
        raise Refusal("There is no such media or comment.")
    return found


def _media(world: World, asked: Json) -> Media:
    found = _thing(world, asked)
    if not isinstance(found, Media):
        raise Refusal("That is a comment.")
    return found


def comment(world: World, asked: Json) -> Json:
    """{as, id (of media or a comment), text, ad?: the ad it stands under, organic?: told of without the ad, too}."""
    about, author = _thing(world, asked), _author(world, asked)
    media = world.get(about.media if isinstance(about, InstagramComment) else about.id, Media)
    if not media.comment_enabled or media.ended:
        raise Refusal("Comments of this are turned off.")
    new = comments.new(world, about, author, str(asked["text"]))
    new.ad = str(asked.get("ad", ""))
    return {"id": comments.add(world, new, organic=bool(asked.get("organic", not new.ad))).id}


def delete(world: World, asked: Json) -> None:
    """{as, id}: one's own, or as the account anything on it. Nobody is told of it."""
    found, author = _thing(world, asked), _author(world, asked)
    if author not in {found.author, found.holder}:
        raise Refusal("That is somebody else's.")
    if isinstance(found, InstagramComment):
        comments.remove(world, found)
    else:
        reading.remove(world, found)


def like(world: World, asked: Json) -> None:
    """{as, id, undo?: bool}: media or a comment."""
    found, author = _thing(world, asked), _author(world, asked)
    if asked.get("undo"):
        found.likes.discard(author)
    else:
        found.likes.add(author)


def mention(world: World, asked: Json) -> Json:
    """{as, text with @acme, comment?: bool}: in the caption of one's own media, or in a comment under it."""
    account, author = _account(world), _author(world, asked)
    text = str(asked["text"])
    if not comments.mentions(text, account):
        raise Refusal(f"The text does not mention @{account.username}.")
    theirs = Media(id=world.new_id("179"), holder=author, author=author, at=world.now(), caption=text)
    world.add(theirs)
    if not asked.get("comment"):
        hooks.mention(world, account, theirs.id)
        return {"media_id": theirs.id}
    theirs.caption = ""
    made = world.add(comments.new(world, theirs, author, text))
    hooks.mention(world, account, theirs.id, made.id)
    return {"media_id": theirs.id, "comment_id": made.id}


def post(world: World, asked: Json) -> Json:
    """{text, product?: FEED | REELS | STORY | LIVE}: the account's people post in the app, beside the apps' quota."""
    product = str(asked.get("product", "FEED"))
    if product not in {"FEED", "REELS", "STORY", "LIVE"}:
        raise Refusal(f"There is no product called {product}.")
    made = Media(
        id=world.new_id("179"), holder=INSTAGRAM_ACCOUNT, author=INSTAGRAM_ACCOUNT, at=world.now(), product=product,
        sort="VIDEO" if product in {"REELS", "LIVE"} else "IMAGE", caption=str(asked.get("text", "")),
    )  # fmt: skip
    return {"id": world.add(made).id}


def end(world: World, asked: Json) -> None:
    """{id}: a live video ends."""
    _media(world, asked).ended = True


def see(world: World, asked: Json) -> None:
    """{id, views?, reach?, saved?, shares?, …}: adds to the numbers of media (and to the day of the account)."""
    media = _media(world, asked)
    amounts = {name: int(asked[name]) for name in SEEN if name in asked}
    for name, amount in amounts.items():
        media.numbers[name] = media.numbers.get(name, 0) + amount
    daily = {"saves" if name == "saved" else name: amount for name, amount in amounts.items()}
    insights.count(world, _account(world), **daily)


def follow(world: World, asked: Json) -> None:
    """{people?: number, may be negative}."""
    account, people = _account(world), int(asked.get("people", 1))
    account.followers += people
    insights.count(world, account, follower_count=people, follows_and_unfollows=abs(people))


def media(world: World, asked: Json) -> None:
    """{id, ineligible?: why it cannot be boosted, crossposted?: bool}."""
    found = _media(world, asked)
    found.ineligible = str(asked.get("ineligible", found.ineligible))
    found.crossposted = bool(asked.get("crossposted", found.crossposted))


async def subscribe(world: World, asked: Json) -> None:
    """{callback_url, verify_token, fields}: the App Dashboard of the app of Instagram Login (meta.md 3.1)."""
    fields = {str(name) for name in asked["fields"]}
    wanted = Subscription(APP, "instagram", str(asked["callback_url"]), str(asked["verify_token"]), fields)
    await world.webhooks.subscribe(wanted)


ACTS: Mapping[str, Callable[[World, Json], Any]] = {
    "comment": comment, "delete": delete, "like": like, "mention": mention, "post": post, "end": end, "see": see,
    "follow": follow, "media": media, "subscribe": subscribe, "more": _more,
}  # fmt: skip
