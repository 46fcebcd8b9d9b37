"""Parameters of publishing on a Page: posts, photos, videos, reels and stories (meta.md 2.1, 2.2)."""

from sandbox.meta.params import Param

UNPUBLISHED = (
    "ADS_POST", "DRAFT", "INLINE_CREATED", "PUBLISHED", "PUBLISH_PENDING", "REVIEWABLE_BRANDED_CONTENT", "SCHEDULED",
    "SCHEDULED_RECURRING",
)  # fmt: skip
#: Whom a post is shown to, and what it is tagged with.
AUDIENCE = {"targeting": Param("object"), "feed_targeting": Param("object"), "place": Param(), "tags": Param("list")}

FEED = AUDIENCE | {
    "message": Param(),
    "link": Param(),
    "attached_media": Param("list"),
    "published": Param("bool"),
    "scheduled_publish_time": Param("datetime"),
    "unpublished_content_type": Param(values=UNPUBLISHED),
    "backdated_time": Param("datetime"),
    "call_to_action": Param("object"),
    "child_attachments": Param("list"),
    "picture": Param(),
    "name": Param(),
    "description": Param(),
    "caption": Param(),
    "thumbnail": Param("file"),
    "text_format_preset_id": Param(),
    "multi_share_end_card": Param("bool"),
    "multi_share_optimized": Param("bool"),
    "client_mutation_id": Param(),
}
READ_FEED = {
    "include_hidden": Param("bool"),
    "show_expired": Param("bool"),
    "since": Param("datetime"),
    "until": Param("datetime"),
}
READ_POSTS = READ_FEED | {"q": Param()}
UPDATE_POST = {
    "message": Param(),
    "is_published": Param("bool"),
    "is_hidden": Param("bool"),
    "is_pinned": Param("bool"),
    "scheduled_publish_time": Param("datetime"),
    "attached_media": Param("list"),
    "backdated_time": Param("datetime"),
    "privacy": Param(),
    "place": Param(),
    "tags": Param("list"),
    "timeline_visibility": Param(values=("forced_allow", "hidden", "normal")),
    "feed_story_visibility": Param(values=("hidden", "visible")),
}
PHOTO = AUDIENCE | {
    "url": Param(),
    "source": Param("file"),
    "caption": Param(),
    "message": Param(),
    "published": Param("bool"),
    "temporary": Param("bool"),
    "scheduled_publish_time": Param("datetime"),
    "unpublished_content_type": Param(values=UNPUBLISHED),
    "alt_text_custom": Param(),
    "no_story": Param("bool"),
    "backdated_time": Param("datetime"),
}
VIDEO = {
    "targeting": Param("object"),
    "feed_targeting": Param("object"),
    "file_url": Param(),
    "source": Param("file"),
    "title": Param(),
    "description": Param(),
    "published": Param("bool"),
    "scheduled_publish_time": Param("datetime"),
    "unpublished_content_type": Param(values=UNPUBLISHED),
    "thumb": Param("file"),
    "no_story": Param("bool"),
    "embeddable": Param("bool"),
    "is_ai_generated": Param("bool"),
    "upload_phase": Param(values=("cancel", "finish", "start", "transfer")),
    "upload_session_id": Param(),
    "file_size": Param("int"),
    "start_offset": Param("int"),
    "end_offset": Param("int"),
    "video_file_chunk": Param("file"),
}
UPDATE_VIDEO = {
    "name": Param(),
    "description": Param(),
    "published": Param("bool"),
    "scheduled_publish_time": Param("datetime"),
    "embeddable": Param("bool"),
}
#: The phases are capital in the specification and small in the guide: both are taken (meta.md 2.1).
REEL = {
    "upload_phase": Param(required=True, values=("FINISH", "START"), any_case=True),
    "video_id": Param(),
    "video_state": Param(values=("DRAFT", "PUBLISHED", "SCHEDULED"), any_case=True),
    "title": Param(),
    "description": Param(),
    "scheduled_publish_time": Param("datetime"),
    "place": Param(),
    "targeting": Param("object"),
    "feed_targeting": Param("object"),
    "is_ai_generated": Param("bool"),
}
READ_REELS = {"since": Param("datetime"), "until": Param("datetime")}
PHOTO_STORY = {"photo_id": Param(required=True)}
STORIES = READ_REELS | {"status": Param("list", values=("ARCHIVED", "PUBLISHED"))}
PHOTOS = {"type": Param(values=("profile", "tagged", "uploaded"))}
VIDEOS = {"type": Param(values=("tagged", "uploaded"), any_case=True)}
