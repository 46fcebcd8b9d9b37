"""What people say where the desk asks whether something stands: they look at the network, and say how it is."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chaos.page import ACCOUNTS
from sandbox.slack.person import Refused, all_text
from support.team import title_of
from support.world import INBOX, REVIEW

if TYPE_CHECKING:
    from chaos.people import Team

Seen = dict[str, Any]
#: What the button asks that sends a post again, and what is asked about a reply.
ABOUT_POST = re.compile(r"Send (?P<post>P\d+) to (?P<account>.+) again\?")
ABOUT_REPLY = re.compile(r"whether the reply to (?P<comment>C\d+) went out")
#: Verb that sends again -> verb that says that it stands.
VERBS = {"resend": "live", "reply_not_there": "reply_is_live"}
#: Seconds after which the same is said again.
AGAIN = 4.0
LIVE, ABSENT = "it is live", "it is not"


class Questions:
    """Bruno answers those about posts, Dario those about his answers."""

    def __init__(self, team: "Team") -> None:
        self._team = team
        #: answer -> what it was given to.
        self.told: dict[str, set[str]] = {LIVE: set(), ABSENT: set()}

    def look(self, timeline: list[Seen], seen: dict[str, list[Seen]]) -> None:
        """Answer what is asked on these screens by what stands on the network."""
        for message in (*seen.get(REVIEW, []), *seen.get(INBOX, [])):
            there = {button["value"]: (block, button) for block, button in buttons(message) if "value" in button}
            for value, (block, button) in there.items():
                version, _, rest = value.partition(":")
                verb, _, about = rest.partition(":")
                if verb not in VERBS:
                    continue
                words = button["confirm"]["text"]["text"] if verb == "resend" else all_text(message)
                stands = self._stands(timeline, words, seen)
                if stands:
                    self._say(LIVE, message, *there[f"{version}:{VERBS[verb]}:{about}"])
                elif stands is not None:
                    self._say(ABSENT, message, block, button)

    def _stands(self, timeline: list[Seen], words: str, seen: dict[str, list[Seen]]) -> bool | None:
        """Whether that which the words are about stands; None where they are about nothing that is known."""
        if asked := ABOUT_POST.search(words):
            post = next((post for post in self._team.posts if post.code == asked["post"]), None)
            account = next((name for name in ACCOUNTS if name == asked["account"]), None)
            return bool(on_network(timeline, post.text, account)) if post and account else None
        if asked := ABOUT_REPLY.search(words):
            cards = [all_text(m) for m in seen.get(INBOX, []) if title_of(m).startswith(f"{asked['comment']} ·")]
            text = next((text for text in self._team.comments if any(text in card for card in cards)), None)
            return bool(on_network(timeline, answer_to(text))) if text else None
        return None

    def _say(self, answer: str, message: Seen, block: Seen, button: Seen) -> None:
        if not self._team.may("tell", button["value"], every=AGAIN):
            return
        named = {"action_id": button["action_id"], "block_id": block["block_id"], "value": button["value"]}
        # Whoever took a comment holds it: nobody else may say what became of the answer.
        person = self._team.dario if "reply" in button["value"] else self._team.bruno
        try:
            person.act("press", channel=message["channel"], ts=message["ts"], selected=None, **named)
        except Refused:
            return  # it was taken away meanwhile; what is there now is seen in the next look
        self.told[answer].add(button["value"])


def answer_to(text: str) -> str:
    """What we answer to a comment."""
    return f"Answer to {text}"


def on_network(timeline: list[Seen], text: str, account: str = "acme") -> list[Seen]:
    """What the account has published with that text."""
    return [status for status in timeline if status["author"]["acct"] == account and text in status["text"]]


def buttons(message: Seen) -> Iterator[tuple[Seen, Seen]]:
    """(block, button) of each."""
    for block in message.get("blocks") or []:
        for element in block.get("elements", []):
            if element.get("type") == "button":
                yield block, element
