"""Parameters of Threads, and its metrics (meta.md 5). No machine-readable specification of them is published."""

from sandbox.meta.params import Param

MEDIA_TYPES = ("TEXT", "IMAGE", "VIDEO", "CAROUSEL")
REPLY_CONTROLS = ("accounts_you_follow", "everyone", "followers_only", "mentioned_only", "parent_post_author_only")
CREATE = {
    "media_type": Param(required=True, values=MEDIA_TYPES),
    "text": Param(),
    "image_url": Param(),
    "video_url": Param(),
    "is_carousel_item": Param("bool"),
    "children": Param("list"),
    "reply_to_id": Param(),
    "quote_post_id": Param(),
    "reply_control": Param(values=REPLY_CONTROLS),
    "alt_text": Param(),
    "link_attachment": Param(),
    "topic_tag": Param(),
    "auto_publish_text": Param("bool"),
}
#: Taken as the real one takes them, and without an effect here.
WITHOUT_EFFECT = {
    "allowlisted_country_codes": Param("list"),
    "crossreshare_to_ig": Param("bool"),
    "crossreshare_to_ig_dark_mode": Param("bool"),
    "is_ghost_post": Param("bool"),
    "is_spoiler_media": Param("bool"),
    "text_entities": Param("list"),
}
PUBLISH = {"creation_id": Param(required=True)}
LISTED = {"since": Param("datetime"), "until": Param("datetime")}
REPLIES = {"reverse": Param("bool")}
HIDE = {"hide": Param("bool", required=True)}

MEDIA_METRICS = ("likes", "quotes", "replies", "reposts", "shares", "views")
MEDIA_INSIGHTS = {"metric": Param("list", required=True)}
#: Metrics of a profile: a series of days, totals, and by link.
PROFILE_SERIES = ("views",)
PROFILE_TOTALS = ("followers_count", "likes", "quotes", "replies", "reposts")
PROFILE_LINKS = ("clicks",)
DEMOGRAPHICS = ("follower_demographics",)
PROFILE_INSIGHTS = MEDIA_INSIGHTS | {
    "since": Param("datetime"),
    "until": Param("datetime"),
    "breakdown": Param(values=("age", "city", "country", "gender")),
}
#: What may be subscribed to, by its topic (meta.md 3.6).
TOPICS = {"delete": "moderate", "mentions": "interaction", "publish": "interaction", "replies": "moderate"}
