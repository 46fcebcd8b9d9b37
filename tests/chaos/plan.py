"""What a seed stands for: a setting, the work in it, and a schedule of faults. The same seed, the same plan."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

#: The two ways in which a desk is run.
EMBEDDED, DISTRIBUTED = "embedded on SQLite", "desk and 3 workers on PostgreSQL"
SETTINGS = (EMBEDDED, DISTRIBUTED)
#: Seconds of work during which faults happen.
SPAN = 20.0
#: Steps at which a process is killed that takes them; those of the workers come first.
ACCOUNT_STEPS = (
    *(
        f"{step}:{kind}"
        for kind in ("publication", "reply", "boost")
        for step in ("claimed", "sent", "recorded", "lost", "postponed", "looking", "looked", "settled")
    ),
    # Done twice is done once: they are repeated, not looked up, and only a killed one is ever lost.
    *(
        f"{step}:boost_{kind}"
        for kind in ("quote", "switch", "report", "extend")
        for step in ("claimed", "sent", "recorded", "postponed")
    ),
)
#: Steps that are only taken when a request goes otherwise -> how it does then.
OTHERWISE = {
    "lost": "dropped after acting",
    "postponed": "429 storm",
    "looking": "dropped after acting",
    "looked": "dropped after acting",
    "settled": "dropped after acting",
}
DESK_STEPS = (
    *("stored", "read", "deciding", "handled", "collected", "kept"),
    *(f"{step}:{kind}" for kind in ("card", "message", "direct") for step in ("claimed", "sent", "recorded", "looked")),
)
#: Requests that make a part of a boost, and that switch or extend one.
MAKING, CHANGING = "POST /facebook/*/act_*", "POST /facebook/*/1202*"
#: What a storm or a cut connection meets: service -> requests.
REQUESTS = {
    "mastodon": ("POST /api/v1/statuses", "GET /api/v1/*", "*"),
    "slack": ("POST /api/chat.postMessage", "POST /api/chat.update", "POST /api/*"),
    "telegram": ("POST /bot*/sendMessage", "POST /bot*/editMessageText", "POST /bot*/getUpdates", "*"),
    "meta": (MAKING, CHANGING, "GET /facebook/*/insights", "POST /facebook/*/feed", "GET /facebook/*", "*"),
}
#: What becomes of a boost that runs. By hand: in the network's own ads manager; revived: so, after it was stopped.
ENDS = ("runs", "stop", "stop at once", "pause", "hold", "extend", "paused by hand", "revived by hand")


@dataclass(frozen=True)
class Strike:
    """One fault: when it begins (seconds after the work has begun), which, and its details."""

    at: float
    kind: str
    details: dict[str, str | float] = field(default_factory=dict)

    def __str__(self) -> str:
        said = ", ".join(f"{name} {value}" for name, value in self.details.items())
        return f"{self.at:5.1f} s  {self.kind}" + (f" ({said})" if said else "")


@dataclass(frozen=True)
class Wish:
    """A boost that somebody wants."""

    amount: int  #: in all, in whole units
    days: int
    then: str  #: what is done once it runs


@dataclass(frozen=True)
class Plan:
    """Everything that is drawn before anything runs."""

    seed: int
    setting: str
    slack: str  #: how events come: "socket" or "http"
    telegram: str  #: "polling" or "webhook"
    posts: int
    comments: int
    keys: bool  #: whether the network knows Idempotency-Key; where not, look-ups alone keep posts from standing twice
    strikes: tuple[Strike, ...]
    boosts: tuple[Wish, ...]  #: behind the first posts, one each
    cap: int  #: whole units that a month's boosts may cost

    def __str__(self) -> str:
        head = f"seed {self.seed}: {self.setting}; Slack by {self.slack}, Telegram by {self.telegram}; "
        head += f"{self.posts} posts, {self.comments} comments"
        head += "".join(f"; {wish.amount} for {wish.days} days: {wish.then}" for wish in self.boosts)
        head += f"; {self.cap} a month" + ("" if self.keys else "; no Idempotency-Key")
        return "\n".join([head, *(f"  {strike}" for strike in self.strikes)])


def plan(seed: int, setting: str = "") -> Plan:
    """The plan of a seed; even seeds are embedded, odd ones distributed, unless the setting is given."""
    draw = random.Random(seed)
    setting = setting or SETTINGS[seed % 2]
    kinds = _kinds(setting)
    count = draw.randint(6, 11)
    # The first come from a shuffled pack, so that every kind is met often also in a short campaign.
    pack = draw.sample(sorted(kinds), min(count, len(kinds)))
    pack += draw.choices(sorted(kinds), k=count - len(pack))
    pack.append("kill at a step")
    moments = sorted(round(draw.uniform(0.5, SPAN), 1) for _ in pack)
    draw.shuffle(pack)
    # Armed while there is still work that takes the step.
    pack.sort(key=lambda kind: kind != "kill at a step")
    strikes = [Strike(at, kind, kinds[kind](draw)) for at, kind in zip(moments, pack, strict=True)]
    ends = draw.sample(ENDS, draw.randint(1, 3))
    boosts = tuple(Wish(draw.choice((20, 30)), draw.choice((2, 3)), then) for then in ends)
    return Plan(
        seed=seed,
        setting=setting,
        slack=draw.choice(("socket", "http")),
        telegram=draw.choice(("polling", "webhook")),
        posts=draw.randint(8, 12),
        comments=draw.randint(5, 8),
        keys=draw.random() < 0.6,
        strikes=tuple(strikes),
        boosts=boosts,
        # What there is not always enough of, and always; what somebody revives is beyond what a cap can hold.
        cap=draw.choice((60, 100)) if all(wish.then != ENDS[-1] for wish in boosts) else 100,
    )


Details = dict[str, str | float]
Draw = Callable[[random.Random], Details]


def _kinds(setting: str) -> dict[str, Draw]:
    """Kind of fault -> how its details are drawn."""
    names = ("desk",) if setting == EMBEDDED else ("desk", "worker 1", "worker 2", "worker 3")

    def somebody(draw: random.Random) -> Details:
        return {"who": draw.choice(names)}

    def at_step(draw: random.Random) -> Details:
        who = draw.choice(names)
        here = ACCOUNT_STEPS if who != "desk" else DESK_STEPS
        step = draw.choice((*here, *ACCOUNT_STEPS) if setting == EMBEDDED else here)
        return {"who": who if who == "desk" else "a worker", "step": step}

    def request(draw: random.Random) -> Details:
        service = draw.choice(sorted(REQUESTS))
        return {"service": service, "match": draw.choice(REQUESTS[service]), "times": draw.randint(1, 3)}

    def storm(draw: random.Random) -> Details:
        return {**request(draw), "times": draw.randint(4, 10)}

    found: dict[str, Draw] = {
        "kill": somebody,
        "kill at a step": at_step,
        "graceful stop": somebody,
        "dropped before acting": request,
        "dropped after acting": request,
        "garbage for an answer": request,
        "slow answers": lambda draw: {
            **request(draw),
            "service": draw.choice(("mastodon", "meta")),
            "match": "*",
            "seconds": 0.5,
        },
        "429 storm": lambda draw: {**storm(draw), "after": draw.randint(1, 3)},
        "5xx storm": lambda draw: {**storm(draw), "status": draw.choice((500, 502, 503, 504))},
        "clock forward": lambda draw: {"seconds": draw.choice((90, 300, 3600, 4 * 3600))},
        "clock backward": lambda draw: {"seconds": draw.choice((5, 60, 300))},
        "chat events twice": lambda draw: {"service": draw.choice(("slack", "telegram")), "last": draw.randint(2, 6)},
        "chat connection cut": lambda draw: {"how": draw.choice(("drop", "refresh_requested", "link_disabled"))},
        "comments twice": lambda draw: {"seconds": draw.randint(3, 8)},
        "a network that does not tell": lambda draw: {"how": draw.choice(("drop_before", "drop_after"))},
        "stream cut": lambda _draw: {},
        "ads refused": lambda draw: {"match": draw.choice((MAKING, CHANGING)), "code": draw.choice((100, 200, 368))},
        "ads usage limit": lambda draw: {
            "match": draw.choice((MAKING, CHANGING, "* /facebook/*")),
            "times": draw.randint(1, 4),
            "minutes": draw.randint(1, 3),
        },
        "access lost": lambda draw: {"whose": draw.choice(("page", "ads")), "seconds": draw.randint(2, 8)},
        "ads reviewed": lambda draw: {
            "verdict": draw.choice(("approve", "disapprove")),
            "seconds": draw.choice((0, 300, 1800)),
        },
        "acted and told an error": lambda draw: {"match": draw.choice((MAKING, CHANGING)), "code": draw.choice((1, 2))},
    }
    if setting == EMBEDDED:
        found["database locked"] = lambda draw: {"seconds": draw.choice((2, 5, 14))}
        found["disk full"] = lambda draw: {"seconds": draw.choice((2, 5, 10))}
    else:
        found["database stopped"] = lambda draw: {
            "how": draw.choice(("fast", "immediate")),
            "seconds": draw.choice((0, 3, 8)),
        }
        found["database connections cut"] = lambda _draw: {}
        found["one clock ahead"] = lambda draw: {"who": draw.choice(names), "seconds": draw.choice((30, 120, 3600))}
    return found
