"""What Threads refuses before it takes anything in: texts, pictures, and what does not go together (meta.md 5)."""

from urllib.parse import urlsplit

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Call
from sandbox.meta.params import File
from sandbox.meta.pictures import is_film, look
from sandbox.meta.words import length

#: Limits (meta.md 5): a text as Threads counts, characters, bytes of files, a picture's longer side by its shorter.
TEXT, ALT_TEXT, TOPIC = 500, 1000, 50
PICTURE_BYTES, FILM_BYTES = 8 * 1024 * 1024, 1024 * 1024 * 1024
RATIO = 10
FEWEST, MOST = 2, 20


def check(call: Call) -> None:
    """Raises GraphError 100 for parameters that do not fit the type, are missing or too long."""
    sort, child = call.get("media_type"), call.get("is_carousel_item", False)
    wanted = {"IMAGE": "image_url", "VIDEO": "video_url", "CAROUSEL": "children", "TEXT": "text"}[sort]
    if not call.get(wanted):
        raise invalid(f"The parameter {wanted} is required")
    strange = {"image_url", "video_url", "children"} - {wanted}
    if given := sorted(name for name in strange if call.get(name)):
        raise invalid(f"Param {given[0]} is not allowed for media_type {sort}")
    if child and sort not in {"IMAGE", "VIDEO"}:
        raise invalid("Only IMAGE and VIDEO can be carousel items")
    if child and call.get("reply_to_id"):
        raise invalid("Param reply_to_id is not allowed for carousel items")
    for name in ("link_attachment", "auto_publish_text"):
        if call.get(name) and sort != "TEXT":
            raise invalid(f"Param {name} is only allowed for media_type TEXT")
    _words(call)


def _words(call: Call) -> None:
    if length(call.get("text", "")) > TEXT:
        raise GraphError(100, f"Param text must be at most {TEXT} characters long.", type="THApiException")
    if call.get("alt_text") and call.get("media_type") == "TEXT":
        raise invalid("Param alt_text is not allowed for media_type TEXT")
    if len(call.get("alt_text", "")) > ALT_TEXT:
        raise invalid(f"Param alt_text must be at most {ALT_TEXT} characters long.")
    topic = call.get("topic_tag")
    if topic is not None and (not 0 < len(topic) <= TOPIC or set(topic) & {".", "&"}):
        raise invalid(f"Param topic_tag must have 1 to {TOPIC} characters and no . or &")
    link = call.get("link_attachment")
    if link is not None and not urlsplit(link).hostname:
        raise invalid("Param link_attachment must be a valid URL")


def check_picture(file: File) -> None:
    """Raises GraphError for what is above 8 MB (36000), no JPEG or PNG (36001), or too long and thin (36003).

    The codes are those of Instagram: those of Threads are not published.
    """
    if len(file.data) > PICTURE_BYTES:
        raise GraphError(36000, "The image file size exceeds the limit of 8 MiB.", subcode=2207004)
    seen = look(file.data)
    if seen is None or seen.format not in {"JPEG", "PNG"}:
        raise GraphError(36001, "The image format is not supported. JPEG and PNG are.", subcode=2207005)
    if max(seen.ratio, 1 / seen.ratio) > RATIO:
        raise GraphError(36003, "The aspect ratio is not supported: up to 10:1 is.", subcode=2207009)


def trouble_with_film(file: File) -> str:
    """The error_message with which a film fails in processing; "" where nothing is wrong with it."""
    if not is_film(file.data):
        return "FAILED_PROCESSING_VIDEO"
    return "UNKNOWN" if len(file.data) > FILM_BYTES else ""
