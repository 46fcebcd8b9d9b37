"""The parameters of the Marketing API that the sandbox knows, and what may stand inside them (meta.md 6, 7)."""

from sandbox.meta.params import Param

STATUSES = ("ACTIVE", "PAUSED", "ARCHIVED", "DELETED")
#: Effective statuses by which campaigns are listed, and ad sets.
OF_CAMPAIGNS = ("ACTIVE", "ARCHIVED", "DELETED", "IN_PROCESS", "PAUSED", "WITH_ISSUES")
OF_AD_SETS = (*OF_CAMPAIGNS, "CAMPAIGN_PAUSED")
NEW_STATUSES = ("ACTIVE", "PAUSED")
OBJECTIVES = (
    "OUTCOME_APP_PROMOTION", "OUTCOME_AWARENESS", "OUTCOME_ENGAGEMENT", "OUTCOME_LEADS", "OUTCOME_SALES",
    "OUTCOME_TRAFFIC",
)  # fmt: skip
CATEGORIES = (
    "CREDIT", "EMPLOYMENT", "FINANCIAL_PRODUCTS_SERVICES", "HOUSING", "ISSUES_ELECTIONS_POLITICS", "NONE",
    "ONLINE_GAMBLING_AND_GAMING",
)  # fmt: skip
BID_STRATEGIES = ("COST_CAP", "LOWEST_COST_WITHOUT_CAP", "LOWEST_COST_WITH_BID_CAP", "LOWEST_COST_WITH_MIN_ROAS")
BILLING_EVENTS = (
    "APP_INSTALLS", "CLICKS", "IMPRESSIONS", "LINK_CLICKS", "LISTING_INTERACTION", "NONE", "OFFER_CLAIMS", "PAGE_LIKES",
    "POST_ENGAGEMENT", "PURCHASE", "THRUPLAY",
)  # fmt: skip
GOALS = (
    "AD_RECALL_LIFT", "APP_INSTALLS", "CONVERSATIONS", "IMPRESSIONS", "LANDING_PAGE_VIEWS", "LEAD_GENERATION",
    "LINK_CLICKS", "OFFSITE_CONVERSIONS", "PAGE_LIKES", "POST_ENGAGEMENT", "PROFILE_VISIT", "QUALITY_LEAD", "REACH",
    "THRUPLAY", "VALUE", "VISIT_INSTAGRAM_PROFILE",
)  # fmt: skip
DESTINATIONS = (
    "APP", "INSTAGRAM_DIRECT", "INSTAGRAM_PROFILE", "MESSENGER", "ON_AD", "ON_PAGE", "ON_POST", "ON_VIDEO", "WEBSITE",
    "WHATSAPP",
)  # fmt: skip
#: Buttons under an ad that the sandbox knows.
ACTIONS = frozenset(
    """BOOK_NOW BUY_NOW CONTACT_US DOWNLOAD GET_OFFER LEARN_MORE LISTEN_NOW MESSAGE_PAGE NO_BUTTON ORDER_NOW SHOP_NOW
    SIGN_UP SUBSCRIBE WATCH_MORE""".split()
)
_CHECKED = Param("list", values=("include_recommendations", "validate_only"))

CAMPAIGN_UPDATE = {
    "name": Param(),
    "objective": Param(values=OBJECTIVES),
    "special_ad_categories": Param("list", values=CATEGORIES),
    "special_ad_category_country": Param("list"),
    "status": Param(values=STATUSES),
    "daily_budget": Param("int"),
    "lifetime_budget": Param("int"),
    "bid_strategy": Param(values=BID_STRATEGIES),
    "spend_cap": Param("int"),
    "start_time": Param("datetime"),
    "stop_time": Param("datetime"),
    "is_adset_budget_sharing_enabled": Param("bool"),
    "execution_options": _CHECKED,
}
CAMPAIGN_CREATE = CAMPAIGN_UPDATE | {
    "buying_type": Param(),
    "special_ad_categories": Param("list", required=True, values=CATEGORIES),
    "status": Param(values=NEW_STATUSES),
}

AD_SET_UPDATE = {
    "name": Param(),
    "status": Param(values=STATUSES),
    "daily_budget": Param("int"),
    "lifetime_budget": Param("int"),
    "start_time": Param("datetime"),
    "end_time": Param("datetime"),
    "bid_amount": Param("int"),
    "bid_strategy": Param(values=BID_STRATEGIES),
    "billing_event": Param(values=BILLING_EVENTS),
    "optimization_goal": Param(values=GOALS),
    "destination_type": Param(values=DESTINATIONS),
    "promoted_object": Param("object"),
    "targeting": Param("object"),
    "dsa_beneficiary": Param(),
    "dsa_payor": Param(),
    "attribution_spec": Param("list"),
    "pacing_type": Param("list"),
    "execution_options": _CHECKED,
}
AD_SET_CREATE = AD_SET_UPDATE | {
    "name": Param(required=True),
    "campaign_id": Param(required=True),
    "optimization_goal": Param(required=True, values=GOALS),
    "billing_event": Param(required=True, values=BILLING_EVENTS),
    "targeting": Param("object", required=True),
    "status": Param(values=NEW_STATUSES),
}

CREATIVE_CREATE = {
    "name": Param(),
    "object_story_id": Param(),
    "object_id": Param(),
    "source_instagram_media_id": Param(),
    "instagram_user_id": Param(),
    "call_to_action": Param("object"),
    "url_tags": Param(),
    "degrees_of_freedom_spec": Param("object"),
    "execution_options": Param("list", values=("validate_only",)),
}
CREATIVE_UPDATE = {"name": Param(), "status": Param(values=("ACTIVE", "DELETED"))}

AD_UPDATE = {
    "name": Param(),
    "status": Param(values=STATUSES),
    "creative": Param("object"),
    "conversion_domain": Param(),
    "tracking_specs": Param("any"),
    "execution_options": Param("list", values=("include_recommendations", "synchronous_ad_review", "validate_only")),
}
AD_CREATE = AD_UPDATE | {
    "name": Param(required=True),
    "adset_id": Param(required=True),
    "creative": Param("object", required=True),
    "status": Param(values=NEW_STATUSES),
}

ACCOUNT_UPDATE = {
    "name": Param(),
    "default_dsa_beneficiary": Param(),
    "default_dsa_payor": Param(),
    "spend_cap": Param("float"),
    "spend_cap_action": Param(),
}

AUDIENCE_UPDATE = {
    "name": Param(),
    "description": Param(),
    "rule": Param("any"),
}
AUDIENCE_CREATE = AUDIENCE_UPDATE | {
    "name": Param(required=True),
    "subtype": Param(values=("CUSTOM", "ENGAGEMENT", "LOOKALIKE", "WEBSITE")),
    "origin_audience_id": Param(),
    "lookalike_spec": Param("any"),
    "pixel_id": Param(),
    "prefill": Param("bool"),
}

# -- inside the rule of an audience ------------------------------------------------------------------------------------

#: Events of each kind of source, and for how many days a person may stay (engagement-custom-audiences; pixel: 180).
EVENTS = {
    "page": frozenset(
        """page_engaged page_visited page_liked page_messaged page_cta_clicked page_or_post_save
        page_post_interaction""".split()
    ),
    "ig_business": frozenset(
        """ig_business_profile_all ig_business_profile_engaged ig_user_messaged_business ig_business_profile_visit
        ig_business_profile_ad_saved ig_organic_like ig_organic_comment ig_organic_share ig_organic_save""".split()
    ),
    "pixel": frozenset("AddToCart CompleteRegistration Contact Lead PageView Purchase Search ViewContent".split()),
}
LONGEST = {"page": 730, "ig_business": 730, "pixel": 180}

# -- inside a targeting ------------------------------------------------------------------------------------------------

TARGETING = frozenset(
    """age_max age_min age_range custom_audiences device_platforms excluded_custom_audiences excluded_geo_locations
    exclusions facebook_positions flexible_spec genders geo_locations instagram_positions interests locales
    messenger_positions publisher_platforms targeting_automation targeting_relaxation_types threads_positions""".split()
)
GEO = frozenset("cities countries country_groups custom_locations location_types neighborhoods regions zips".split())
#: Kinds of place that are named by a key of the search, and the list they stand in.
KEYED = {"city": "cities", "region": "regions"}
#: Where ads may be shown in v26.0; "explore" and "video_feeds" are gone.
PLACEMENTS = {
    "publisher_platforms": frozenset("audience_network facebook instagram messenger threads".split()),
    "facebook_positions": frozenset(
        """facebook_reels facebook_reels_overlay feed instream_video marketplace notification profile_feed
        right_hand_column search story""".split()
    ),
    "instagram_positions": frozenset("explore_home ig_search profile_feed profile_reels reels story stream".split()),
    "device_platforms": frozenset("connected_tv desktop mobile".split()),
}
