"""What the stage may change about how this Slack behaves."""

from dataclasses import dataclass, field

#: What the bot's token may do at first; the bot's own manifest asks for these.
SCOPES = frozenset(
    [
        "app_mentions:read",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "reactions:read",
        "reactions:write",
        "team:read",
        "users:read",
    ]
)
EVENTS = frozenset(
    [
        "app_home_opened",
        "app_mention",
        "member_joined_channel",
        "member_left_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "reaction_added",
    ]
)


@dataclass
class Settings:
    """Tokens, scopes, subscriptions and the patience of Slack; times in seconds of the real clock, but for triggers."""

    bot_token: str = "xoxb-sandbox-0000000000"
    app_token: str = "xapp-1-A0SANDBOX1-0000000000"
    signing_secret: str = "5a4db0c5ca4d4be09c2f0d1f0b0a7e11"
    verification_token: str = "sandboxverification"
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    events: set[str] = field(default_factory=lambda: set(EVENTS))
    #: A member of the workspace took the app's rights away: every call answers `token_revoked`.
    revoked: bool = False
    #: None lets every command and shortcut through to the app.
    commands: list[str] | None = None
    shortcuts: list[str] | None = None
    #: Where deliveries go by HTTP; empty means Socket Mode.
    request_url: str = ""
    #: How long the app has to acknowledge (3 s in the real one).
    ack_timeout: float = 3.0
    #: How long a trigger_id may be exchanged for a view, by the clock of the sandbox
    #: (docs.slack.dev/interactivity/handling-user-interaction).
    trigger_seconds: float = 3.0
    #: When an event that was not acknowledged is sent again (the real one: at once, after 1 min, after 5 min).
    retry_after: list[float] = field(default_factory=lambda: [0.2, 1.0, 3.0])
