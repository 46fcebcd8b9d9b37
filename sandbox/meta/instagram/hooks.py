"""Webhooks of Instagram, in the form of Facebook Login and in that of Instagram Login (meta.md 3.5)."""

from sandbox.meta.instagram.model import InstagramAccount, InstagramComment, Media
from sandbox.meta.world import Json, Person, World, unix


def scoped(person: str) -> str:
    """The id by which apps know a person on Instagram; it is another than on Pages."""
    return f"1{person:0>16}"


def who(world: World, author: str) -> Json:
    """The `from` of an author: a person, or the account itself."""
    found = world.objects.get(author)
    if isinstance(found, InstagramAccount):
        return {"id": found.id, "username": found.username, "self_ig_scoped_id": scoped(found.id[-4:])}
    return {"id": scoped(author), "username": found.username if isinstance(found, Person) else "instagram_user"}


def tell(world: World, account: InstagramAccount, name: str, value: Json, facebook_too: Json | None = None) -> None:
    """Tell every app that subscribed. With Facebook Login it is the linked Page that is subscribed, too (meta.md 3.1).

    `facebook_too` is what the value has with Facebook Login alone.
    """
    if world.settings.from_missing:
        value = {k: v for k, v in value.items() if k != "from"}
    for (app, product), subscription in list(world.webhooks.apps.items()):
        if product != "instagram" or name not in subscription.fields:
            continue
        login = world.tokens.apps[app].product == "instagram"
        accounts = world.webhooks.accounts
        if name not in accounts.get((app, account.id), set()) and (login or (app, account.page) not in accounts):
            continue
        change: Json = {"field": name, "value": value if login else value | (facebook_too or {})}
        flat = login and world.settings.flat_webhooks
        entry = {"id": account.id, "time": unix(world.now())} | (change if flat else {"changes": [change]})
        world.webhooks.send(subscription, entry)


def comment(world: World, comment: InstagramComment, media: Media, *, organic: bool = True) -> None:
    """Somebody commented: under media of ours, under an ad made of it, or both ways when the same comes twice."""
    account = world.objects.get(comment.holder)
    if not isinstance(account, InstagramAccount):
        return
    value: Json = {"from": who(world, comment.author), "id": comment.id, "text": comment.text}
    if comment.parent:
        value["parent_id"] = comment.parent
    name = "live_comments" if media.product == "LIVE" else "comments"
    ad = {"id": f"{media.id}1", "media_product_type": "AD", "ad_id": comment.ad, "original_media_id": media.id}
    places: list[Json] = [ad] if comment.ad else []
    if organic or not comment.ad:
        places.append({"id": media.id, "media_product_type": media.product})
    for place in places:
        tell(world, account, name, value | {"media": place}, {"comment_id": comment.id})


def mention(world: World, account: InstagramAccount, media_id: str, comment_id: str = "") -> None:
    """Somebody mentioned the account in a caption or comment elsewhere; the words must be read."""
    value = {"media_id": media_id} | ({"comment_id": comment_id} if comment_id else {})
    tell(world, account, "mentions", value)
