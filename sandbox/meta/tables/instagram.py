"""Parameters of Instagram on both hosts, and which metrics are alive for what (meta.md 4)."""

from sandbox.meta.params import Param

#: POST /{account}/media; `media_type` and its combinations are checked by containers.py.
MEDIA = {
    "image_url": Param(),
    "video_url": Param(),
    "media_type": Param(),
    "is_carousel_item": Param("bool"),
    "children": Param("list"),
    "caption": Param(),
    "alt_text": Param(),
    "collaborators": Param("list"),
    "user_tags": Param("list"),
    "location_id": Param(),
    "product_tags": Param("list"),
    "cover_url": Param(),
    "thumb_offset": Param("int"),
    "share_to_feed": Param("bool"),
    "audio_name": Param(),
    "audio_configuration": Param(),
    "trial_params": Param("object"),
    "is_ai_generated": Param("bool"),
}
#: What Facebook Login alone may send (meta.md 4).
MEDIA_FACEBOOK = {
    "upload_type": Param(),
    "is_paid_partnership": Param("bool"),
    "branded_content_sponsor_ids": Param("list"),
}
#: For which kinds of container a parameter is meant; those not named here are for all.
MEANT_FOR = {
    "caption": {"IMAGE", "REELS", "CAROUSEL"},
    "alt_text": {"IMAGE", "CHILD_IMAGE"},
    "collaborators": {"IMAGE", "REELS", "CAROUSEL"},
    "user_tags": {"IMAGE", "CHILD_IMAGE", "CHILD_VIDEO", "REELS", "STORIES"},
    "location_id": {"IMAGE", "REELS", "CAROUSEL"},
    "product_tags": {"IMAGE", "CHILD_IMAGE", "REELS"},
    "children": {"CAROUSEL"},
    "cover_url": {"REELS"},
    "thumb_offset": {"REELS", "CHILD_VIDEO"},
    "share_to_feed": {"REELS"},
    "audio_name": {"REELS"},
    "audio_configuration": {"REELS"},
    "trial_params": {"REELS"},
    "is_ai_generated": {"IMAGE", "REELS", "STORIES", "CAROUSEL"},
    "upload_type": {"REELS", "STORIES", "CHILD_VIDEO"},
    "is_paid_partnership": {"IMAGE", "REELS", "STORIES", "CAROUSEL"},
    "branded_content_sponsor_ids": {"IMAGE", "REELS", "STORIES", "CAROUSEL"},
}
PUBLISH = {"creation_id": Param(required=True)}
QUOTA = {"since": Param("datetime")}
LISTED = {"since": Param("datetime"), "until": Param("datetime")}
UPDATE_MEDIA = {"comment_enabled": Param("bool", required=True)}

COMMENT = {"message": Param(required=True)}
#: Facebook Login alone names an ad (meta.md 4.2).
AD = {"ad_id": Param()}
HIDE = {"hide": Param("bool", required=True)}
MENTION = {"media_id": Param(required=True), "message": Param(required=True), "comment_id": Param()}
MESSAGE = {
    "recipient": Param("object", required=True),
    "message": Param("object", required=True),
    "messaging_type": Param(values=("MESSAGE_TAG", "RESPONSE", "UPDATE", "UTILITY")),
}
#: What may be subscribed to (meta.md 3.1).
WEBHOOKS = (
    "comment_poll_response", "comments", "follow", "live_comments", "mentions", "message_edit", "message_reactions",
    "messages", "messaging_optins", "messaging_postbacks", "messaging_referral", "messaging_seen", "share_to_story",
    "standby", "story_insights", "story_poll_response",
)  # fmt: skip
SUBSCRIBE = {"subscribed_fields": Param("list", required=True, values=WEBHOOKS)}

PERIODS = ("day", "days_28", "lifetime", "month", "total_over_range", "week")
MEDIA_BREAKDOWNS = ("action_type", "follow_type", "story_navigation_action_type", "surface_type")
MEDIA_INSIGHTS = {
    "metric": Param("list", required=True),
    "period": Param("list", values=PERIODS),
    "breakdown": Param("list", values=MEDIA_BREAKDOWNS),
}
BREAKDOWNS = ("age", "city", "contact_button_type", "country", "follow_type", "gender", "media_product_type")
ACCOUNT_INSIGHTS = {
    "metric": Param("list", required=True),
    "period": Param("list", required=True, values=PERIODS),
    "metric_type": Param(values=("default", "time_series", "total_value")),
    "breakdown": Param("list", values=BREAKDOWNS),
    "since": Param("datetime"),
    "until": Param("datetime"),
    "timeframe": Param(
        values=("last_14_days", "last_30_days", "last_90_days", "prev_month", "this_month", "this_week")
    ),
}

EVERYWHERE = ("views", "reach", "shares", "total_interactions", "reposts")
ENGAGED = ("likes", "comments", "saved", "total_likes", "total_comments", "total_views")
VISITS = ("follows", "profile_visits", "profile_activity")
#: Alive metrics by media_product_type (meta.md 4.3).
MEDIA_METRICS = {
    "FEED": (*EVERYWHERE, *ENGAGED, *VISITS),
    "REELS": (
        *EVERYWHERE, *ENGAGED, "ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate",
    ),
    "STORY": (*EVERYWHERE, *VISITS, "navigation", "replies", "link_clicks"),
}  # fmt: skip
#: Only for media that is on Facebook, too: otherwise the whole call fails (meta.md 4.3).
CROSSPOSTED = ("crossposted_views", "facebook_views")
#: Known, and for old media only (meta.md 4.3): what is published on the sandbox is newer.
OLD = ("impressions",)
#: Metrics that may be broken down, and by what.
BROKEN_DOWN = {"profile_activity": "action_type", "navigation": "story_navigation_action_type"}

#: Metrics of an account that come as a series of days, and those that come as one total.
SERIES = ("reach", "follower_count")
TOTALS = (
    "reach", "views", "accounts_engaged", "total_interactions", "likes", "comments", "saves", "shares", "replies",
    "reposts", "profile_links_taps", "follows_and_unfollows", "website_clicks", "profile_views",
)  # fmt: skip
DEMOGRAPHICS = ("engaged_audience_demographics", "follower_demographics", "reached_audience_demographics")
DEMOGRAPHIC_BREAKDOWNS = ("age", "city", "country", "gender")
DEMOGRAPHIC_TIMEFRAMES = ("this_month", "this_week")
