"""How much of the rate limits is used, told on some replies; and calls refused on purpose (meta.md 8)."""

import fnmatch
import json
from dataclasses import dataclass, field

from sandbox.meta.errors import GraphError
from sandbox.meta.tokens import Token
from sandbox.meta.world import World

#: In what kind of business use a token's calls are counted.
USES = {"page": "pages", "system_user": "ads_management", "instagram": "instagram"}


@dataclass
class Failure:
    """A refusal for the next `times` calls whose "METHOD /path" matches; `after`: the call is carried out first."""

    match: str
    code: int
    message: str = "(#{code}) The sandbox was told to refuse this call."
    subcode: int = 0
    type: str = "OAuthException"
    status: int = 400
    is_transient: bool = False
    user_message: str = ""
    times: int = 1
    after: bool = False

    def error(self) -> GraphError:
        """What the caller gets."""
        return GraphError(
            self.code, self.message.format(code=self.code), subcode=self.subcode, type=self.type, status=self.status,
            is_transient=self.is_transient, user_message=self.user_message,
        )  # fmt: skip


@dataclass
class Limits:
    """Counts calls. `used` is the percentage told (None: it follows the calls), `minutes` until access is regained."""

    world: World
    calls: int = 0
    used: int | None = None
    minutes: int = 0
    failures: list[Failure] = field(default_factory=list)

    def clear(self) -> None:
        """As in the beginning."""
        self.calls, self.used, self.minutes = 0, None, 0
        self.failures.clear()

    def failure(self, call: str) -> Failure | None:
        """The refusal this call must get, used up by one."""
        found = next((f for f in self.failures if f.times > 0 and fnmatch.fnmatchcase(call, f.match)), None)
        if found:
            found.times -= 1
        return found

    def headers(self, token: Token | None) -> dict[str, str]:
        """Usage headers for a fraction of the replies: percentages, as JSON."""
        self.calls += 1
        every = self.world.settings.usage_every
        if token is None or not every or (self.calls % every and not self.used):
            return {}
        used = min(self.calls // 100, 60) if self.used is None else self.used
        counts = {"call_count": used, "total_time": used, "total_cputime": used}
        headers = {"X-App-Usage": json.dumps(counts)}
        use = USES.get(token.kind)
        if use:
            regained = {"estimated_time_to_regain_access": self.minutes}
            tier = {"ads_api_access_tier": "standard_access"} if use.startswith("ads") else {}
            row = {"type": use} | counts | regained | tier
            headers["X-Business-Use-Case-Usage"] = json.dumps({token.owner: [row]})
        return headers
