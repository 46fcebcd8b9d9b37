"""What the page and the tests see of Instagram."""

from sandbox.meta.instagram import hooks
from sandbox.meta.instagram.comments import under
from sandbox.meta.instagram.containers import how_far
from sandbox.meta.instagram.insights import numbers
from sandbox.meta.instagram.model import InstagramAccount, InstagramComment, InstagramContainer, Media, PrivateReply
from sandbox.meta.instagram.publishing import used
from sandbox.meta.world import Json, World, stamp


def view(world: World) -> Json:
    """Every account with its media (newest first), their comments, its containers and private replies."""
    return {"accounts": [_account(world, account) for account in world.all(InstagramAccount)]}


def _account(world: World, account: InstagramAccount) -> Json:
    return {
        "id": account.id,
        "username": account.username,
        "name": account.name,
        "page": account.page,
        "followers": account.followers,
        "quota_used": used(world, account),
        "media": [_media(world, m) for m in world.all(Media, account.id)[::-1] if not m.album],
        "containers": [
            {"id": c.id, "sort": c.sort, "status_code": how_far(world, c), "media": c.published}
            for c in world.all(InstagramContainer, account.id)
        ],
        "messages": [
            {"id": m.id, "to": hooks.who(world, m.recipient), "about": m.comment, "text": m.text, "at": stamp(m.at)}
            for m in world.all(PrivateReply, account.id)
        ],
    }


def _media(world: World, media: Media) -> Json:
    return {
        "id": media.id,
        "product": media.product,
        "type": media.sort,
        "text": media.caption,
        "alt": media.alt_text,
        "at": stamp(media.at),
        "url": world.link(media),
        "files": [
            {"id": m.id, "url": world.file(m), "kind": m.sort.lower(), "alt": m.alt_text}
            for m in (media, *(world.get(name, Media) for name in media.children))
            if m.data is not None
        ],
        "comment_enabled": media.comment_enabled,
        "likes": [hooks.who(world, person) for person in sorted(media.likes)],
        "numbers": numbers(world, media),
        "comments": [_comment(world, comment) for comment in under(world, media)],
    }


def _comment(world: World, comment: InstagramComment) -> Json:
    return {
        "id": comment.id,
        "from": hooks.who(world, comment.author),
        "text": comment.text,
        "at": stamp(comment.at),
        "hidden": comment.hidden,
        "ad": comment.ad,
        "likes": [hooks.who(world, person) for person in sorted(comment.likes)],
        "replies": [_comment(world, reply) for reply in under(world, comment)],
    }
