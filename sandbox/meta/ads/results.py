"""What money brings: every number is worked out from what was spent, so that the same money always brings the same."""

from dataclasses import dataclass
from typing import Any

from sandbox.meta.ads.money import major, offset

#: What a thousand impressions cost, in major units, and how often each of the reached people sees an ad, times ten.
CPM = 4
FREQUENCY = 13
#: Of a thousand impressions, how many end in which action (Marketing API, "AdsActionStats": action_type).
RATES = {
    "post_engagement": 60,
    "page_engagement": 62,
    "post_reaction": 20,
    "comment": 3,
    "post": 2,
    "link_click": 12,
    "landing_page_view": 8,
    "video_view": 90,
    "like": 1,
}
#: The metrics of a row, by the names of the specification (AdsInsights).
METRICS = frozenset(
    """spend impressions reach clicks inline_link_clicks inline_post_engagement ctr inline_link_click_ctr cpc cpm cpp
    cost_per_inline_link_click frequency actions cost_per_action_type video_thruplay_watched_actions""".split()
)
CLICKS = 15
THRUPLAYS = 40


@dataclass(frozen=True, slots=True)
class Results:
    """What an amount of minor units brought."""

    spent: int
    currency: str

    @property
    def impressions(self) -> int:
        """How often it was shown."""
        return self.spent * 1000 // (CPM * offset(self.currency))

    @property
    def reach(self) -> int:
        """How many people saw it."""
        return self.impressions * 10 // FREQUENCY

    @property
    def clicks(self) -> int:
        """Clicks of every kind."""
        return self.impressions * CLICKS // 1000

    @property
    def thruplays(self) -> int:
        """How often the film was watched to its end, or for 15 seconds."""
        return self.impressions * THRUPLAYS // 1000

    def counted(self) -> dict[str, int]:
        """The actions that were taken at least once."""
        counted = {kind: self.impressions * rate // 1000 for kind, rate in RATES.items()}
        return {kind: count for kind, count in counted.items() if count}

    def row(self) -> dict[str, Any]:
        """Every metric that the sandbox knows, as an AdsInsights row writes it; what has no divisor is absent."""
        actions = self.counted()
        link_clicks = actions.get("link_click", 0)
        row: dict[str, Any] = {
            "spend": major(self.spent, self.currency),
            "impressions": str(self.impressions),
            "reach": str(self.reach),
            "clicks": str(self.clicks),
            "inline_link_clicks": str(link_clicks) if link_clicks else None,
            "inline_post_engagement": str(actions["post_engagement"]) if "post_engagement" in actions else None,
            "ctr": self._ratio(self.clicks * 100, self.impressions),
            "inline_link_click_ctr": self._ratio(link_clicks * 100, self.impressions),
            "cpc": self._ratio(self._units, self.clicks),
            "cpm": self._ratio(self._units * 1000, self.impressions),
            "cpp": self._ratio(self._units * 1000, self.reach),
            "cost_per_inline_link_click": self._ratio(self._units, link_clicks),
            "frequency": self._ratio(self.impressions, self.reach),
            "actions": [{"action_type": kind, "value": str(count)} for kind, count in actions.items()],
            "cost_per_action_type": [
                {"action_type": kind, "value": self._ratio(self._units, count)} for kind, count in actions.items()
            ],
            "video_thruplay_watched_actions": [{"action_type": "video_view", "value": str(self.thruplays)}]
            if self.thruplays
            else [],
        }
        return {name: value for name, value in row.items() if value}

    @property
    def _units(self) -> float:
        return self.spent / offset(self.currency)

    @staticmethod
    def _ratio(above: float, below: int) -> str | None:
        return f"{above / below:.6f}".rstrip("0").rstrip(".") if below else None
