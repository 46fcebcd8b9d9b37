"""The modals a member has open (a stack of at most three) and everybody's Home tab."""

import copy
import secrets
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack import inputs
from sandbox.slack.blocks import completed
from sandbox.slack.errors import ApiError
from sandbox.slack.workspace import APP, BOT, TEAM

Json = dict[str, Any]
#: Views in one stack (views.push, error `push_limit_reached`).
MOST_VIEWS = 3


@dataclass
class View:
    """One modal or Home tab as it stands, with what its member has put into it."""

    id: str
    member: str
    wanted: Json
    blocks: list[Json]
    hash: str
    root: str
    previous: str | None = None
    values: inputs.Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def public(self) -> Json:
        """The view object of answers and payloads."""
        kind = self.wanted["type"]
        return {
            "id": self.id,
            "team_id": TEAM,
            "type": kind,
            "blocks": copy.deepcopy(self.blocks),
            "private_metadata": self.wanted.get("private_metadata", ""),
            "callback_id": self.wanted.get("callback_id", ""),
            "state": {"values": copy.deepcopy(self.values)},
            "hash": self.hash,
            "title": self.wanted.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
            "clear_on_close": self.wanted.get("clear_on_close", False),
            "notify_on_close": self.wanted.get("notify_on_close", False),
            "close": self.wanted.get("close"),
            "submit": self.wanted.get("submit"),
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": APP,
            "external_id": self.wanted.get("external_id", ""),
            "app_installed_team_id": TEAM,
            "bot_id": BOT,
        }


class Modals:
    """All open views."""

    def __init__(self) -> None:
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def find(self, view_id: str = "", external_id: str = "") -> View | None:
        """An open modal or a Home tab."""
        for view in [*(v for stack in self.stacks.values() for v in stack), *self.homes.values()]:
            if view.id == view_id or (external_id and view.wanted.get("external_id") == external_id):
                return view
        return None

    def top(self, member: str) -> View | None:
        """The modal that the member sees."""
        stack = self.stacks.get(member)
        return stack[-1] if stack else None

    def open(self, member: str, wanted: Json, stamp: str) -> View:
        """A new stack; one that was open is gone."""
        self._unused(wanted)
        view = self._made(member, wanted, stamp)
        self.stacks[member] = [view]
        return view

    def push(self, member: str, wanted: Json, stamp: str) -> View:
        """On top of the open one; refuses `not_found` without one and `push_limit_reached` on the fourth."""
        stack = self.stacks.get(member)
        if not stack:
            raise ApiError("not_found")
        if len(stack) >= MOST_VIEWS:
            raise ApiError("push_limit_reached")
        self._unused(wanted)
        view = self._made(member, wanted, stamp)
        view.previous, view.root = stack[-1].id, stack[0].id
        stack.append(view)
        return view

    def update(self, view: View, wanted: Json, stamp: str, expected_hash: str | None = None) -> None:
        """Replace what the view shows; input survives where block and action ids stay. Refuses `hash_conflict`."""
        if expected_hash and expected_hash != view.hash:
            raise ApiError("hash_conflict")
        self._unused(wanted, view)
        view.wanted = wanted
        view.blocks = completed(wanted["blocks"])
        view.values = inputs.first_values(view.blocks, view.values)
        view.hash = _hash(stamp)
        view.errors = {}

    def publish(self, member: str, wanted: Json, stamp: str, expected_hash: str | None = None) -> View:
        """Show the member's Home tab."""
        view = self.homes.get(member)
        if view is None:
            view = self.homes[member] = self._made(member, wanted, stamp)
        else:
            self.update(view, wanted, stamp, expected_hash)
        return view

    def close(self, view: View, everything: bool = False) -> None:
        """Close the view and what lies on it, or the whole stack."""
        stack = self.stacks.get(view.member, [])
        del stack[0 if everything else stack.index(view) :]

    def _made(self, member: str, wanted: Json, stamp: str) -> View:
        shown = completed(wanted["blocks"])
        made = f"V0{secrets.token_hex(4).upper()}"
        return View(made, member, wanted, shown, _hash(stamp), made, values=inputs.first_values(shown))

    def _unused(self, wanted: Json, own: View | None = None) -> None:
        external = wanted.get("external_id")
        if external and self.find(external_id=external) not in (None, own):
            raise ApiError("duplicate_external_id")


def _hash(stamp: str) -> str:
    return f"{stamp.partition('.')[0]}.{secrets.token_hex(4)}"
