"""The stage, part two: people act. `POST /_/press`, `/_/submit`, `/_/close`, `/_/shortcut`, `/_/home`."""

from typing import Any

from aiohttp import web

from sandbox.service import Refusal
from sandbox.slack import events, inputs, interactions
from sandbox.slack.blocks import inner_elements
from sandbox.slack.core import Core
from sandbox.slack.errors import ApiError
from sandbox.slack.modals import View
from sandbox.slack.outbox import Answer
from sandbox.slack.stage import Act, person, room, route, seen
from sandbox.slack.view_shape import check_view
from sandbox.slack.workspace import BOT_MEMBER, Member

Json = dict[str, Any]
#: What the client says when a modal's submission was not acknowledged in time, or with nonsense.
TROUBLE = "We had some trouble connecting. Try again?"


class Hands:
    """What people do with buttons and forms."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def routes(self) -> list[web.RouteDef]:
        """All of it."""
        acts: dict[str, Act] = {
            "press": self.press,
            "submit": self.submit,
            "close": self.close,
            "shortcut": self.shortcut,
            "home": self.home,
        }
        return [route(f"/_/{name}", act, self.core.changed) for name, act in acts.items()]

    # -- buttons and menus -------------------------------------------------------------------------------------------

    async def press(self, body: Json) -> Json:
        """`{as, channel, ts | view_id, action_id, block_id?, value? | selected?}` -> `{acked}`.

        `selected` is an option's value (or visible text), a list of them, a date, or unix time; `value` picks one of
        several buttons with the same action_id, or is the text typed into an input.
        """
        member = person(self.core, body)
        if body.get("view_id"):
            view = self._view(member, str(body["view_id"]), home=True)
            block, element = self._element(view.blocks, body)
            action = self._act(block, element, body, member, view.values)
            if block["type"] == "input" and not block.get("dispatch_action"):
                return {"acked": None}
            payload = interactions.on_view(self.core, member, view, action)
        else:
            channel = room(self.core, member, body)
            message = seen(channel, member, str(body.get("ts")))
            if message.member != BOT_MEMBER:
                raise Refusal("There is no such button here.")
            block, element = self._element(message.blocks, body)
            before = self.core.chosen.get((member.id, channel.id, message.ts))
            values = inputs.first_values(message.blocks, before)
            action = self._act(block, element, body, member, values)
            self.core.chosen[member.id, channel.id, message.ts] = values
            payload = interactions.on_message(self.core, member, channel, message, action)
        answer = await self.core.outbox.ask("interactive", payload)
        if not answer.acked:
            self.core.toast(member, TROUBLE)
        return {"acked": answer.acked, **({} if answer.acked else {"error": answer.reason})}

    def _element(self, blocks: list[Json], body: Json) -> tuple[Json, Json]:
        for block in blocks:
            if body.get("block_id") not in (None, block["block_id"]):
                continue
            for element in inner_elements(block):
                if element["action_id"] != body.get("action_id"):
                    continue
                if element["type"] == "button" and body.get("value") not in (None, element.get("value")):
                    continue
                return block, element
        raise Refusal("There is no such button here.")

    def _act(self, block: Json, element: Json, body: Json, member: Member, values: inputs.Values) -> Json:
        """What stands under `actions`; what the element keeps is put into `values`."""
        kind = element["type"]
        action: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
        if kind == "button":
            return action | {k: element[k] for k in ("text", "value", "style", "url") if k in element}
        given = body["selected"] if "selected" in body else body.get("value")
        if kind == "overflow":
            option = inputs.pick(element, given)
            if option is None:
                raise Refusal("There is no such option here.")
            return action | {"selected_option": option}
        state = self._set(element, given, member)
        values.setdefault(block["block_id"], {})[element["action_id"]] = state
        return action | {k: v for k, v in state.items() if k != "type"}

    def _set(self, element: Json, given: Any, member: Member) -> Json:
        def upload(described: Json) -> Json:
            return self.core.upload(member.id, described).public(self.core.address)

        try:
            return inputs.set_value(element, given, upload)
        except ValueError as wrong:
            raise Refusal(str(wrong)) from wrong

    # -- modals --------------------------------------------------------------------------------------------------------

    def _view(self, member: Member, view_id: str, *, home: bool = False) -> View:
        top = self.core.modals.top(member.id)
        if top is not None and view_id in ("", top.id):
            return top
        own = self.core.modals.homes.get(member.id)
        if home and own is not None and own.id == view_id:
            return own
        raise Refusal("This form is not open (any more).")

    async def submit(self, body: Json) -> Json:
        """`{as, view_id?, values: {action_id or block_id: value}}` -> `closed`, `updated`, `pushed` or `errors`.

        Values: text, an option's value, a list of them, a date, unix time, or files `[{name, mime, base64}]`. What the
        client itself refuses comes back as `errors` and never reaches the app; an app that fails gives `trouble`.
        """
        member = person(self.core, body)
        view = self._view(member, str(body.get("view_id") or ""))
        if view.wanted.get("submit") is None:
            raise Refusal("This form has nothing to submit.")
        self._fill(view, member, body.get("values") or {})
        view.errors = {
            block["block_id"]: sentence
            for block in view.blocks
            if block["type"] == "input"
            and (sentence := inputs.complaint(block, view.values[block["block_id"]][block["element"]["action_id"]]))
        }
        if view.errors:
            return {"errors": view.errors}
        answer = await self.core.outbox.ask("interactive", interactions.submission(self.core, member, view))
        try:
            return self._after(member, view, answer)
        except ApiError as refusal:
            self.core.toast(member, TROUBLE)
            return {"trouble": TROUBLE, "reason": refusal.body()}

    def _fill(self, view: View, member: Member, given: Json) -> None:
        for key, value in given.items():
            found = [
                (block, element)
                for block in view.blocks
                for element in inner_elements(block)
                if key in (block["block_id"], element["action_id"]) and inputs.key_of(element)
            ]
            if not found:
                raise Refusal(f"There is no input {key!r} in this form.")
            block, element = found[0]
            view.values[block["block_id"]][element["action_id"]] = self._set(element, value, member)

    def _after(self, member: Member, view: View, answer: Answer) -> Json:
        if not answer.acked:
            raise ApiError(answer.reason or "not_acknowledged")
        said = answer.payload if isinstance(answer.payload, dict) else {}
        action = said.get("response_action")
        if action is None:
            if self.core.modals.find(view.id) is not None:
                self.core.modals.close(view)
            return {"closed": True}
        if action == "clear":
            self.core.modals.close(view, everything=True)
            return {"closed": True, "cleared": True}
        if action == "errors":
            wrong, shown = said.get("errors"), {b["block_id"] for b in view.blocks if b["type"] == "input"}
            if not isinstance(wrong, dict) or not wrong or not set(wrong) <= shown:
                raise ApiError("invalid_errors", errors=wrong, inputs=sorted(shown))
            view.errors = {str(k): str(v) for k, v in wrong.items()}
            return {"errors": view.errors}
        if action not in ("update", "push"):
            raise ApiError("invalid_response_action")
        check_view(said.get("view"), "modal", self.core.has_file)
        if action == "push":
            return {"pushed": self.core.modals.push(member.id, said["view"], self.core.stamp()).id}
        self.core.modals.update(view, said["view"], self.core.stamp())
        return {"updated": view.id}

    async def close(self, body: Json) -> Json:
        """`{as, all?}`: the top modal, or with `all` (the X) the whole stack; those that asked for it are told."""
        member = person(self.core, body)
        view = self._view(member, str(body.get("view_id") or ""))
        everything = bool(body.get("all") or view.wanted.get("clear_on_close"))
        gone = list(self.core.modals.stacks[member.id]) if everything else [view]
        self.core.modals.close(view, everything)
        for one in reversed(gone):
            if one.wanted.get("notify_on_close"):
                await self.core.outbox.ask("interactive", interactions.closed(self.core, member, one, everything))
        return {"closed": [v.id for v in gone]}

    # -- shortcuts and home --------------------------------------------------------------------------------------------

    async def shortcut(self, body: Json) -> Json:
        """`{as, callback_id, channel?, ts?}`: from a message's menu, or the global one without `ts` -> `{acked}`."""
        member = person(self.core, body)
        callback = str(body["callback_id"])
        known = self.core.settings.shortcuts
        if known is not None and callback not in known:
            raise Refusal(f"There is no shortcut {callback!r}.")
        if body.get("ts"):
            channel = room(self.core, member, body)
            message = seen(channel, member, str(body["ts"]))
            payload = interactions.message_shortcut(self.core, member, callback, channel, message)
        else:
            payload = interactions.global_shortcut(self.core, member, callback)
        answer = await self.core.outbox.ask("interactive", payload)
        if not answer.acked:
            self.core.toast(member, TROUBLE)
        return {"acked": answer.acked, **({} if answer.acked else {"error": answer.reason})}

    async def home(self, body: Json) -> Json:
        """`{as, tab?: home | messages}`: open the app's Home tab."""
        member = person(self.core, body)
        events.home_opened(self.core, member, str(body.get("tab", "home")))
        return {"opened": True}
