"""Parameters of insights, and which metrics are alive (meta.md 2.6): a dead or unknown one fails the whole request."""

from sandbox.meta.params import Param

PERIODS = ("day", "days_28", "lifetime", "month", "total_over_range", "week")
PRESETS = (
    "data_maximum", "last_14d", "last_28d", "last_30d", "last_3d", "last_7d", "last_90d", "last_month", "last_quarter",
    "last_week_mon_sun", "last_week_sun_sat", "last_year", "maximum", "this_month", "this_quarter",
    "this_week_mon_today", "this_week_sun_today", "this_year", "today", "yesterday",
)  # fmt: skip
POST_INSIGHTS = {
    "metric": Param("list"),
    "period": Param(values=PERIODS),
    "since": Param("datetime"),
    "until": Param("datetime"),
    "date_preset": Param(values=PRESETS),
}
PAGE_INSIGHTS = POST_INSIGHTS | {"breakdown": Param("list"), "show_description_from_api_doc": Param("bool")}
VIDEO_INSIGHTS = {
    "metric": Param("list"),
    "period": Param(values=PERIODS),
    "since": Param("datetime"),
    "until": Param("datetime"),
}
#: The reactions' names in metrics and webhooks, by their names in the graph.
REACTION_WORDS = {
    "LIKE": "like", "LOVE": "love", "WOW": "wow", "HAHA": "haha", "SAD": "sorry", "ANGRY": "anger", "CARE": "care",
}  # fmt: skip
#: Metrics of a Page, by what the sandbox counts a day.
PAGE_METRICS = {
    "page_media_view": "views",
    "page_total_media_view_unique": "reach",
    "page_post_engagements": "engagements",
    "page_daily_follows": "follows",
    "page_daily_follows_unique": "follows",
    "page_daily_unfollows_unique": "unfollows",
    "page_views_total": "page_views",
    "page_total_actions": "actions",
    "page_actions_post_reactions_total": "reactions",
    "page_follows": "followers",
} | {
    f"page_actions_post_reactions_{word}_total": f"reactions_{word}"
    for word in REACTION_WORDS.values()
    if word != "care"
}
#: Metrics of a post, by what the sandbox counts.
POST_METRICS = {
    "post_media_view": "views",
    "post_total_media_view_unique": "reach",
    "post_clicks": "clicks",
    "post_clicks_by_type": "clicks_by_type",
    "post_reactions_by_type_total": "reactions_by_type",
    "post_video_views": "video_views",
    "post_video_view_time": "video_view_time",
} | {f"post_reactions_{word}_total": f"reactions_{word}" for word in REACTION_WORDS.values() if word != "care"}
#: Metrics of a reel (video_insights).
VIDEO_METRICS = {
    "blue_reels_play_count": "video_views",
    "post_video_view_time": "video_view_time",
    "post_video_likes_by_reaction_type": "reactions_by_type",
}
