"""What each platform can do and how much it takes, as the rows of a table for people."""

from dataclasses import fields

from platforms.contract import Can
from platforms.registry import specs
from platforms.spec import Spec

#: What each flag means to a team.
ABILITIES = {
    "formats": "Formats of a publication",
    "threads": "Chains of posts",
    "links": "A preview of a link",
    "first_comment": "A first comment under a post",
    "content_warning": "Content warnings",
    "visibilities": "Visibilities",
    "languages": "Language of a post",
    "deletes": "Take a post down",
    "reads_comments": "Comments arrive in chat",
    "streams": "Comments arrive at once",
    "replies": "Answer comments",
    "mentions": "Its answers begin with the @mention",
    "likes": "Like comments",
    "reposts": "Repost",
    "mutes": "Mute people",
    "blocks": "Block people",
    "reports": "Report to the network's moderators",
    "hides": "Hide comments",
    "removes_comments": "Delete comments of the public",
    "private_replies": "Answer a comment privately",
    "closes_comments": "Close the comments of a post",
    "measures": "Count likes, reposts and comments",
    "boosts": "Boost with money",
    "audiences": "Audiences for boosts",
    "page_settings": "Change the page's own words and pictures",
}


def rows() -> list[tuple[str, ...]]:
    """A head with the platforms' names, then a row for each ability and limit."""
    known = specs()
    return [
        ("", *(spec.title for spec in known)),
        *((ABILITIES[field.name], *(_ability(spec, field.name) for spec in known)) for field in fields(Can)),
        ("Longest text (the server's own limit counts)", *(f"{spec.limits.text} characters" for spec in known)),
        ("Pictures in a post", *(str(spec.limits.images) for spec in known)),
        ("Longest picture description", *(f"{spec.limits.alt_text} characters" for spec in known)),
    ]


def _ability(spec: Spec, name: str) -> str:
    value = getattr(spec.can, name)
    if isinstance(value, tuple):
        return ", ".join(value) or "–"
    return "yes" if value else "–"
