"""What Instagram refuses before it takes anything in: kinds of containers, captions, pictures, films (meta.md 4.1)."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Call
from sandbox.meta.params import File
from sandbox.meta.pictures import is_film, look
from sandbox.meta.tables.instagram import MEANT_FOR

#: Limits of words (meta.md 4.1), counted in characters and pieces.
CAPTION, HASHTAGS, TAGS, ALT_TEXT = 2200, 30, 20, 1000
COLLABORATORS, USER_TAGS, PRODUCT_TAGS = 3, 20, 5
#: Limits of files, in bytes, and of a picture in the feed, width by height.
PICTURE_BYTES, REEL_BYTES, STORY_BYTES = 8 * 1024 * 1024, 300 * 1024 * 1024, 100 * 1024 * 1024
NARROWEST, WIDEST = 0.8, 1.91
KINDS = ("REELS", "STORIES", "CAROUSEL")


def kind(call: Call) -> str:
    """What the container is for: IMAGE, CHILD_IMAGE, CHILD_VIDEO, CAROUSEL, REELS or STORIES. Raises GraphError."""
    given, child = call.get("media_type"), call.get("is_carousel_item", False)
    if given is not None and given not in (*KINDS, "VIDEO"):
        raise GraphError(100, "(#100) The media type is not valid.", subcode=2207023, title="Unknown media type")
    if child:
        if given in KINDS:
            raise GraphError(100, f"(#100) {given} cannot be a carousel item", subcode=2207023)
        return "CHILD_VIDEO" if given == "VIDEO" else "CHILD_IMAGE"
    if given == "VIDEO":
        text = "(#100) The VIDEO value for media_type is for carousel items only: single videos are REELS"
        raise GraphError(100, text, subcode=2207023, title="Unknown media type")
    return given or "IMAGE"


def check(call: Call, sort: str) -> None:
    """Raises GraphError for parameters that do not fit the kind of container or are too long or too many."""
    for name in call.params:
        if name in MEANT_FOR and sort not in MEANT_FOR[name]:
            raise invalid(f"Param {name} is not allowed for this kind of media")
    _addresses(call, sort)
    check_caption(call.get("caption", ""))
    if len(call.get("alt_text", "")) > ALT_TEXT:
        raise invalid(f"Param alt_text must be no longer than {ALT_TEXT} characters")
    for name, most in (("collaborators", COLLABORATORS), ("product_tags", PRODUCT_TAGS), ("user_tags", USER_TAGS)):
        if len(call.get(name, [])) > most:
            raise invalid(f"Param {name} must have at most {most} elements")
    for tag in call.get("user_tags", []):
        _tag(tag, placed=sort in {"IMAGE", "CHILD_IMAGE"})
    place = call.world.objects.get(call.get("location_id", ""))
    if "location_id" in call.params and (place is None or place.kind != "Page"):
        raise invalid("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID")


def _addresses(call: Call, sort: str) -> None:
    """Each kind has one address to fetch, or awaits its bytes."""
    wanted = {
        "IMAGE": {"image_url"}, "CHILD_IMAGE": {"image_url"}, "CHILD_VIDEO": {"video_url"}, "REELS": {"video_url"},
        "STORIES": {"image_url", "video_url"}, "CAROUSEL": set[str](),
    }[sort]  # fmt: skip
    given = {name for name in ("image_url", "video_url") if call.get(name)}
    if given - wanted or len(given) > 1:
        raise invalid(f"Param {min(given - wanted or given)} is not allowed for this kind of media")
    if call.get("upload_type") not in {None, "resumable"}:
        raise invalid("Param upload_type must be resumable")
    if call.get("upload_type"):
        if given:
            raise invalid("Param upload_type cannot be used together with an address")
    elif wanted and not given:
        raise invalid(f"The parameter {' or '.join(sorted(wanted))} is required")


def _tag(tag: Any, *, placed: bool) -> None:
    if not isinstance(tag, Mapping) or not tag.get("username"):
        raise invalid("Param user_tags must be an array of objects with username")
    places = [tag[name] for name in ("x", "y") if name in tag]
    if any(not isinstance(p, int | float) or not 0 <= p <= 1 for p in places) or (placed and len(places) < 2):
        raise invalid("Param user_tags: x and y must be between 0.0 and 1.0")


def check_caption(caption: str) -> None:
    """Raises GraphError 36004/2207010 for too many characters or hashtags, 100/2207040 for too many @tags."""
    if len(caption) > CAPTION or len(re.findall(r"#\w+", caption)) > HASHTAGS:
        text = f"(#36004) The caption was too long: at most {CAPTION} characters and {HASHTAGS} hashtags"
        raise GraphError(36004, text, subcode=2207010, title="Caption is too long")
    if len(re.findall(r"(?<![\w.])@\w+", caption)) > TAGS:
        raise GraphError(100, f"(#100) At most {TAGS} @ tags can be used in a caption", subcode=2207040)


def check_picture(file: File, *, feed: bool) -> None:
    """Raises GraphError for what is above 8 MiB (36000), no JPEG (36001), or too tall or wide for the feed (36003)."""
    if len(file.data) > PICTURE_BYTES:
        raise GraphError(36000, "The image file size exceeds the limit of 8 MiB.", subcode=2207004)
    seen = look(file.data)
    if seen is None or seen.format != "JPEG":
        found = seen.format if seen else file.mime
        raise GraphError(36001, f"The image format is not supported: {found}. JPEG is.", subcode=2207005)
    if feed and not NARROWEST <= round(seen.ratio, 2) <= WIDEST:
        text = f"The submitted image with aspect ratio ({seen.ratio:.2f}) is not allowed: 4:5 to 1.91:1 are."
        raise GraphError(36003, text, subcode=2207009, title="The aspect ratio is not supported.")


def trouble_with_film(file: File, sort: str) -> str:
    """The subcode with which a film fails in processing; "" where nothing is wrong with it."""
    if not is_film(file.data):
        return "2207026"
    return "2207053" if len(file.data) > (STORY_BYTES if sort == "STORIES" else REEL_BYTES) else ""
