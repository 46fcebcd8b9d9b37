"""What the page and the tests see of the ad account: its boosts with their meters, and the books to the minor unit."""

from dataclasses import asdict

from sandbox.meta.ads.account import AdAccount, account
from sandbox.meta.ads.audiences import Audience
from sandbox.meta.ads.results import Results
from sandbox.meta.ads.tree import Ad, Purse
from sandbox.meta.world import Json, World, stamp


def view(world: World) -> Json:
    """The account, every ad as a boost of what it shows, and the audiences."""
    ads = account(world)
    return {
        "account": {
            "id": ads.id,
            "name": ads.name,
            "spent": ads.spent,
            "spend_cap": ads.spend_cap,
            "payor": ads.payor,
            "beneficiary": ads.beneficiary,
            **asdict(ads.settings),
        },
        "boosts": [_boost(ads, ad) for ad in ads.ads],
        "audiences": [_audience(ads, audience) for audience in world.all(Audience)],
    }


def _boost(ads: AdAccount, ad: Ad) -> Json:
    """One ad with its badge and its meter: amounts in minor units; `shown` is the post or medium behind it."""
    purse: Purse = ad.ad_set.campaign if ad.ad_set.campaign.has_budget else ad.ad_set
    days = ads.days_of([ad])
    results = Results(ad.spent, ads.settings.currency)
    return {
        "ad": ad.id,
        "name": ad.name,
        "shown": ad.creative.story or ad.creative.media,
        "badge": badge(ads, ad),
        "status": ads.effective(ad),
        "spent": ad.spent,
        "spent_today": days.get(ads.settled.astimezone(ads.zone).date(), 0),
        "daily_budget": purse.daily,
        "lifetime_budget": purse.lifetime,
        "currency": ads.settings.currency,
        "starts": stamp(ad.ad_set.start),
        "ends": stamp(ad.ad_set.end) if ad.ad_set.end else None,
        "reach": results.reach,
        "impressions": results.impressions,
        "clicks": results.clicks,
        "feedback": ad.feedback,
    }


def badge(ads: AdAccount, ad: Ad) -> str:
    """What a visitor's eye catches: "boosted", "in review", "refused", "paused", "ended", "trouble" or "gone"."""
    status = ads.effective(ad)
    if status == "ACTIVE":
        return "ended" if ad.ad_set.end and ad.ad_set.end <= ads.settled else "boosted"
    if status in {"PAUSED", "ADSET_PAUSED", "CAMPAIGN_PAUSED"}:
        return "paused"
    words = {"PENDING_REVIEW": "in review", "DISAPPROVED": "refused", "DELETED": "gone", "ARCHIVED": "gone"}
    return words.get(status, "trouble")


def _audience(ads: AdAccount, audience: Audience) -> Json:
    return {
        "id": audience.id,
        "name": audience.name,
        "subtype": audience.subtype,
        "people": audience.people,
        "ready": audience.ready(ads.settled),
    }


def books(world: World) -> Json:
    """`GET /_/books`: what was spent, in minor units, in all and by campaign, ad set and day of the account."""
    ads = account(world)
    return {
        "currency": ads.settings.currency,
        "at": stamp(ads.settled),
        "spent": ads.spent,
        "campaigns": [
            {
                "id": campaign.id,
                "name": campaign.name,
                "status": campaign.status,
                "effective_status": ads.effective(campaign),
                "spent": ads.spent_below(campaign),
                "days": {day.isoformat(): spent for day, spent in ads.days_of(ads.ads_below(campaign)).items()},
                "ad_sets": {s.id: ads.spent_below(s) for s in ads.ad_sets if s.campaign is campaign},
            }
            for campaign in ads.campaigns
        ],
    }
