"""Parameters of a Page's own data: its profile, pictures, settings and webhook fields (meta.md 2.5, 3.1)."""

from sandbox.meta.params import Param

#: Fields of the profile that are words, and take words.
WORDS = (
    "about", "bio", "description", "website", "phone", "company_overview", "general_info", "general_manager", "mission",
    "impressum", "price_range", "public_transit", "culinary_team", "directed_by", "genre", "plot_outline",
)  # fmt: skip
#: Those that are anything else and are kept as they come.
OTHER: dict[str, Param] = {
    "emails": Param("list"),
    "hours": Param("object"),
    "location": Param("object"),
    "contact_address": Param("object"),
    "parking": Param("object"),
    "payment_options": Param("object"),
    "start_info": Param("object"),
    "is_always_open": Param("bool"),
    "is_permanently_closed": Param("bool"),
    "temporary_status": Param(values=("DIFFERENTLY_OPEN", "NO_DATA", "OPERATING_AS_USUAL", "TEMPORARILY_CLOSED")),
}
UPDATE_PAGE = {name: Param() for name in WORDS} | OTHER | {
    "category_list": Param("list"),
    "cover": Param(),
    "offset_x": Param("int"),
    "offset_y": Param("int"),
    "focus_x": Param("float"),
    "focus_y": Param("float"),
    "zoom_scale_x": Param("float"),
    "zoom_scale_y": Param("float"),
    "no_feed_story": Param("bool"),
    "no_notification": Param("bool"),
    "is_published": Param("bool"),
    "is_webhooks_subscribed": Param("bool"),
    "scrape": Param("bool"),
}  # fmt: skip
READ_PICTURE = {
    "height": Param("int"),
    "width": Param("int"),
    "redirect": Param("bool"),
    "type": Param(values=("album", "large", "normal", "small", "square")),
}
PICTURE = {
    "picture": Param(),
    "photo": Param(),
    "source": Param("file"),
    "width": Param("int"),
    "height": Param("int"),
    "x": Param("int"),
    "y": Param("int"),
    "suppress_stories": Param("bool"),
}
SETTING = {"option": Param("object", required=True)}
#: Settings of a Page (meta.md 2.5, general knowledge) and how they begin.
SETTINGS = {
    "USERS_CAN_POST": True,
    "USERS_CAN_POST_PHOTOS": True,
    "USERS_CAN_MESSAGE": True,
    "USERS_CAN_TAG_PHOTOS": True,
    "PLATFORM_OPTOUT": False,
    "WALL_COMMENT_MODERATION": "",
    "PROFANITY_FILTER": "OFF",
}
#: What a Page can tell of by webhook: the part of the official list that is useful to us (meta.md 3.1).
WEBHOOK_FIELDS = (
    "feed", "mention", "ratings", "messages", "messaging_postbacks", "message_reactions", "message_echoes",
    "message_reads", "message_deliveries", "messaging_optins", "conversations", "live_videos", "videos", "story_share",
    "leadgen", "picture", "name", "website", "hours", "phone", "description", "bio", "location", "page_change_proposal",
    "page_upcoming_change",
)  # fmt: skip
SUBSCRIBE = {"subscribed_fields": Param("list", required=True, values=WEBHOOK_FIELDS)}
