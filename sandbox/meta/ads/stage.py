"""What the stage does to the ad account: settings, verdicts of reviews, what becomes of an audience."""

from dataclasses import fields
from typing import Any

from sandbox.meta.ads.account import FEEDBACK, AdAccount, account
from sandbox.meta.ads.audiences import Audience
from sandbox.meta.ads.pixels import Pixel, SavedAudience
from sandbox.meta.ads.settings import AdsSettings
from sandbox.meta.ads.tree import Ad
from sandbox.meta.world import AD_ACCOUNT, Json, World
from sandbox.service import Refusal

#: The pixel of our website, and a targeting saved in the ads manager.
PIXEL, SAVED = "8001", "8002"


def settle(world: World) -> None:
    """The ad account, empty, with a pixel and one saved audience."""
    now = world.now()
    world.add(AdAccount(id=AD_ACCOUNT, holder=AD_ACCOUNT, world=world, settled=now))
    world.add(Pixel(id=PIXEL, holder=AD_ACCOUNT, name="Acme website", at=now))
    aim = {"geo_locations": {"countries": ["IT"]}, "age_min": 25, "age_max": 55}
    world.add(SavedAudience(id=SAVED, holder=AD_ACCOUNT, name="Italy, 25 to 55", at=now, targeting=aim))


def tick(world: World) -> bool:
    """Review and spend up to now; whether any money went."""
    ads = account(world)
    before = [(ad.spent, ad.verdict) for ad in ads.ads]
    ads.settle(world.now())
    return before != [(ad.spent, ad.verdict) for ad in ads.ads]


def settings(world: World, asked: Json) -> None:
    """Any field of AdsSettings, and `payor` and `beneficiary` of the account."""
    ads = account(world)
    known: dict[str, Any] = {field.name: ads.settings for field in fields(AdsSettings)}
    known |= {"payor": ads, "beneficiary": ads}
    for name, value in asked.items():
        if name not in known:
            raise Refusal(f"There is no setting of the ad account called {name}.")
        present = getattr(known[name], name)
        if isinstance(present, bool) != isinstance(value, bool):
            raise Refusal(f"{name} is true or false." if isinstance(present, bool) else f"{name} is not true or false.")
        setattr(known[name], name, type(present)(value))


def review(world: World, asked: Json) -> None:
    """{ad, approved, feedback?: {heading: words}}: the verdict, also on an ad that runs already."""
    ad = world.objects.get(str(asked["ad"]))
    if not isinstance(ad, Ad):
        raise Refusal(f"There is no ad {asked['ad']}.")
    account(world).decide(ad, approved=bool(asked["approved"]), feedback=dict(asked.get("feedback") or FEEDBACK))


def audience(world: World, asked: Json) -> None:
    """{audience, people?, ready?, trouble?}: how many people are in it, whether it is filled, what is wrong with it."""
    found = world.objects.get(str(asked["audience"]))
    if not isinstance(found, Audience):
        raise Refusal(f"There is no audience {asked['audience']}.")
    found.people = int(asked.get("people", found.people))
    found.trouble = int(asked.get("trouble", found.trouble))
    if asked.get("ready"):
        found.ready_at = world.now()


ACTS = {"settings": settings, "review": review, "audience": audience}
