"""How much of the rate limits is used, told on some replies; and calls refused on purpose (meta.md 8)."""

import fnmatch
import json
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.meta.errors import GraphError
from sandbox.meta.tokens import Token
from sandbox.meta.world import World

#: In what kind of business use a token's calls are counted.
USES = {"page": "pages", "system_user": "ads_management", "instagram": "instagram"}
#: With which code and subcode calls above the limit are refused, by the kind of token.
TOO_MANY = {"page": (80001, 0), "instagram": (80002, 0), "system_user": (80004, 2446079), "user": (17, 2446079)}


@dataclass
class Failure:
    """A refusal for the next `times` calls whose "METHOD /path" matches; `after`: the call is carried out first.

    `minutes`: the refusal's usage headers tell that access is regained after so long.
    """

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
    minutes: int = 0

    def error(self) -> GraphError:
        """What the caller gets."""
        return GraphError(
            self.code, self.message.format(code=self.code), subcode=self.subcode, type=self.type, status=self.status,
            is_transient=self.is_transient, user_message=self.user_message,
        )  # fmt: skip


@dataclass
class Limits:
    """Counts calls. `used` is the percentage told (None: it follows the calls).

    From 100 on every call is refused until `regained`; then `used` is None again.
    """

    world: World
    calls: int = 0
    used: int | None = None
    regained: datetime | None = None
    failures: list[Failure] = field(default_factory=list)

    def clear(self) -> None:
        """As in the beginning."""
        self.calls, self.used, self.regained = 0, None, None
        self.failures.clear()

    def failure(self, call: str) -> Failure | None:
        """The refusal this call must get, used up by one."""
        found = next((f for f in self.failures if f.times > 0 and fnmatch.fnmatchcase(call, f.match)), None)
        if found:
            found.times -= 1
        return found

    def use(self, percent: int | None, minutes: int) -> None:
        """Tell so much used from now on, and when access is regained."""
        self.used = percent
        self.regained = self.world.now() + timedelta(minutes=minutes)

    def check(self, token: Token) -> None:
        """Raises GraphError (4, 17 or 8000x) for a call above the limit."""
        if self.regained and self.regained <= self.world.now():
            self.used = self.regained = None
        if self.used is not None and self.used >= 100:
            code, subcode = TOO_MANY.get(token.kind, (4, 0))
            raise GraphError(code, f"(#{code}) There have been too many calls. Wait a bit and try again.",
                             subcode=subcode)  # fmt: skip

    def headers(self, token: Token | None, refused_for: int = 0) -> dict[str, str]:
        """Usage headers for a fraction of the replies: percentages, as JSON.

        With `refused_for` (minutes) they tell that nothing is left, whatever is really used.
        """
        self.calls += 1
        every = self.world.settings.usage_every
        if token is None or not (refused_for or (every and (self.used or self.calls % every == 0))):
            return {}
        used = 100 if refused_for else min(self.calls // 100, 60) if self.used is None else self.used
        counts = {"call_count": used, "total_time": used, "total_cputime": used}
        headers = {"X-App-Usage": json.dumps(counts)}
        use = USES.get(token.kind)
        if use:
            regained = {"estimated_time_to_regain_access": refused_for or self._minutes_left()}
            tier = {"ads_api_access_tier": "standard_access"} if use.startswith("ads") else {}
            row = {"type": use} | counts | regained | tier
            headers["X-Business-Use-Case-Usage"] = json.dumps({token.owner: [row]})
        return headers

    def _minutes_left(self) -> int:
        if self.regained is None or self.used is None or self.used < 100:
            return 0
        return math.ceil((self.regained - self.world.now()).total_seconds() / 60)
