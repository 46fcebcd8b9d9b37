"""What the stage may change about the pretend Meta: rules, speed and how it misbehaves."""

from dataclasses import dataclass, fields
from typing import Any

from sandbox.service import Refusal

#: Settings that take one of a few words.
CHOICES = {
    "consent": ("ask", "agree", "deny"),
    "webhooks": ("on", "held"),
    "container_outcome": ("FINISHED", "ERROR", "EXPIRED"),
}


@dataclass
class Settings:
    """Everything adjustable. Times in seconds of the sandbox clock; sizes in bytes.

    `proof_required`: calls to graph.facebook.com need `appsecret_proof` ("Require app secret" of the App Dashboard).
    `omit_next`: listings carry cursors without the address of the next page, as Threads and Instagram may.
    `photo_bytes`, `reels_a_day`: limits of a Page's photos and reels. `relative_links`: videos have the address of
    their page without the host, as on the real one.
    `video_seconds`: how long an uploaded video takes in processing until it is ready.
    `video_fails`: every video from now on fails in processing. `usage_every`: each so many-th reply carries usage
    headers (0: none). `consent`: what the person in the consent window does without being shown it: "ask" shows the
    window, "agree" and "deny" redirect at once. `withheld_scopes`: what that person does not grant.
    `container_seconds`, `container_polls`: how long, and for how many looks at its status, a picture's container (of
    Instagram or Threads) is IN_PROGRESS; `video_polls` for a video's, beside `video_seconds`. `container_outcome`: what
    becomes of every container from now on: FINISHED, ERROR or EXPIRED; `container_error` is the reason that is told.
    `instagram_quota`, `containers_a_day`, `threads_quota`, `threads_reply_quota`, `threads_delete_quota`: per 24 hours.
    `flat_webhooks`: apps of Instagram Login get the flat form of entries. `wrapped_exchange`: their code exchange
    answers inside `data`.
    `redelivery_seconds`: pause before a webhook that was not answered 200 is sent again; doubles each time.
    `webhooks`: "on" or "held" (kept back until "on" again). `batch`: what happens within a moment (or was held)
    leaves in one body; `reorder`: the last of it first; `duplicate`, `bad_signature`, `from_missing`: as they say.
    """

    proof_required: bool = True
    omit_next: bool = False
    photo_bytes: int = 4 * 1024 * 1024
    reels_a_day: int = 30
    relative_links: bool = False
    video_seconds: float = 0.0
    video_fails: bool = False
    usage_every: int = 5
    consent: str = "ask"
    withheld_scopes: tuple[str, ...] = ()
    container_seconds: float = 0.0
    container_polls: int = 0
    video_polls: int = 1
    container_outcome: str = "FINISHED"
    container_error: str = ""
    instagram_quota: int = 50
    containers_a_day: int = 400
    threads_quota: int = 250
    threads_reply_quota: int = 1000
    threads_delete_quota: int = 100
    flat_webhooks: bool = False
    wrapped_exchange: bool = False
    redelivery_seconds: float = 0.2
    webhooks: str = "on"
    duplicate: bool = False
    reorder: bool = False
    batch: bool = False
    bad_signature: bool = False
    from_missing: bool = False

    def change(self, name: str, value: Any) -> None:
        """Set one field by its name. Raises Refusal where there is none or the value is of another type."""
        known = {f.name for f in fields(self)}
        if name not in known:
            raise Refusal(f"There is no setting called {name}.")
        present = getattr(self, name)
        if isinstance(present, bool) and not isinstance(value, bool):
            raise Refusal(f"{name} is true or false.")
        if name in CHOICES and value not in CHOICES[name]:
            raise Refusal(f"{name} is one of: {', '.join(CHOICES[name])}.")
        setattr(self, name, type(present)(value))
