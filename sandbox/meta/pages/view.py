"""What the page and the tests see of Pages."""

from sandbox.meta.pages import counting, hooks
from sandbox.meta.pages.comments import under
from sandbox.meta.pages.model import Comment, Message, Page, PagePost, Photo, Story, Video
from sandbox.meta.pages.videos import status
from sandbox.meta.world import Json, World, stamp


def view(world: World) -> Json:
    """Every Page with its posts (newest first) and their comments, its media, stories and private replies."""
    return {"pages": [_page(world, page) for page in world.all(Page)]}


def _page(world: World, page: Page) -> Json:
    posts = [post for post in world.all(PagePost, page.id) if not post.story]
    posts.sort(key=lambda post: post.at, reverse=True)
    return {
        "id": page.id,
        "name": page.name,
        "username": page.username,
        "about": page.about,
        "description": page.description,
        "website": page.website,
        "phone": page.phone,
        "hours": page.hours,
        "details": page.details,
        "fans": page.fans,
        "cover": world.file(cover) if (cover := world.objects.get(page.cover)) else None,
        "picture": world.file(portrait) if (portrait := world.objects.get(page.portrait)) else None,
        "settings": page.settings,
        "blocked": [hooks.who(world, one) for one in page.blocked],
        "posts": [_post(world, post) for post in posts],
        "loose_photos": [p.id for p in world.all(Photo, page.id) if not p.post and not p.used],
        "videos": [
            {"id": v.id, "sort": v.sort, "status": status(world, v), "post": v.post, "text": v.message}
            for v in world.all(Video, page.id)
        ],
        "stories": [_story(world, story) for story in world.all(Story, page.id) if story.media in world.objects],
        "messages": [
            {"id": m.id, "to": hooks.who(world, m.recipient), "about": m.about, "text": m.text, "at": stamp(m.at)}
            for m in world.all(Message, page.id)
        ],
    }


def _post(world: World, post: PagePost) -> Json:
    return {
        "id": post.id,
        "from": hooks.who(world, post.author),
        "text": post.message,
        "link": post.link,
        "at": stamp(post.at),
        "edited": stamp(post.updated) if post.updated else None,
        "published": post.published,
        "scheduled": stamp(post.scheduled) if post.scheduled else None,
        "hidden": post.hidden,
        "promotion": post.promotion,
        "media": [_media(world, media) for media in post.media if media in world.objects],
        "reactions": _reactions(world, post),
        "shares": post.shares,
        "numbers": counting.numbers(post),
        "url": world.link(post),
        "comments": [_comment(world, comment) for comment in under(world, post)],
    }


def _story(world: World, story: Story) -> Json:
    return {
        "id": story.id,
        "post": story.post,
        "type": story.media_type,
        "at": stamp(story.at),
        "media": world.file(world.objects[story.media]),
    }


def _media(world: World, media_id: str) -> Json:
    media = world.objects[media_id]
    shape: Json = {"id": media.id, "url": world.file(media), "kind": media.kind.lower()}
    return shape | ({"alt": media.alt_text} if isinstance(media, Photo) else {})


def _reactions(world: World, about: PagePost | Comment) -> list[Json]:
    return [{"from": hooks.who(world, author), "type": sort} for author, sort in about.reactions.items()]


def _comment(world: World, comment: Comment) -> Json:
    return {
        "id": comment.id,
        "from": hooks.who(world, comment.author),
        "text": comment.message,
        "at": stamp(comment.at),
        "edited": stamp(comment.updated) if comment.updated else None,
        "hidden": comment.hidden,
        "ad": comment.ad,
        "attachment": comment.attachment,
        "reactions": _reactions(world, comment),
        "replies": [_comment(world, reply) for reply in under(world, comment)],
    }
