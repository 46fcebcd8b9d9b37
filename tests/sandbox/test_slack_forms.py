"""Buttons, modals, shortcuts and the Home tab, with a real Bolt app on the other side."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from sandbox.slack.person import Refused, SlackPerson, content
from support.slack_bot import Running, slack_loop, socket_bot

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(label: str, action: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(label), "action_id": action} | more


def text_input(label: str, block: str, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "text"} | more.pop("element", {})
    return {"type": "input", "block_id": block, "label": plain(label), "element": element} | more


def choice(kind: str, label: str, block: str, **more: Any) -> Json:
    offered = [{"text": plain(word), "value": word.lower()} for word in ("Red", "Green")]
    element = {"type": kind, "action_id": "chosen", "options": offered}
    return {"type": "input", "block_id": block, "label": plain(label), "element": element} | more


def modal(*blocks: Json, **more: Any) -> Json:
    shown = {"type": "modal", "callback_id": "form", "title": plain("Form"), "submit": plain("Send")}
    return shown | {"blocks": list(blocks)} | more


CARD = [{"type": "actions", "block_id": "card", "elements": [button("Open", "open:1", value="7")]}]


class App:
    """An app with one card, whose button opens `form`; answers submissions as told and keeps all payloads."""

    def __init__(self, form: Json, *answers: Json) -> None:
        self.form = form
        self.answers = list(answers)
        self.bodies: list[Json] = []

    def register(self, app: AsyncApp) -> None:
        @app.action({"action_id": "open:1", "block_id": "card"})
        async def press(ack: Any, body: Json, client: Any) -> None:
            await ack()
            self.bodies.append(body)
            await client.views_open(trigger_id=body["trigger_id"], view=self.form)

        @app.view("form")
        async def submitted(ack: Any, body: Json) -> None:
            self.bodies.append(body)
            await ack(**self.answers.pop(0) if self.answers else {})

        @app.view_closed("form")
        async def closed(ack: Any, body: Json) -> None:
            await ack()
            self.bodies.append(body)

        @app.shortcut("make_post")
        async def chosen(ack: Any, body: Json, respond: Any) -> None:
            await ack()
            self.bodies.append(body)
            await respond("Taken.")

        @app.action("more")
        async def more(ack: Any, body: Json) -> None:
            await ack()
            self.bodies.append(body)

        @app.event("app_home_opened")
        async def home(event: Json, client: Any) -> None:
            view = {"type": "home", "blocks": [{"type": "actions", "elements": [button("New", "more")]}]}
            await client.views_publish(user_id=event["user"], view=view)

        @app.event("message")
        async def message() -> None:
            return None


@pytest.fixture
def slack() -> Iterator[Running]:
    with slack_loop() as running:
        yield running


def post(slack: Running, blocks: list[Json] = CARD) -> Json:
    return dict(slack.call(slack.client.chat_postMessage(channel="C0REVIEW01", text="card", blocks=blocks)).data)


def values(body: Json) -> Json:
    return dict(body["view"]["state"]["values"])


def test_a_form_is_filled_corrected_and_closed(slack: Running) -> None:
    app = App(
        modal(text_input("Text", "words"), choice("static_select", "Colour", "colour", optional=True)),
        {"response_action": "errors", "errors": {"words": "Too dull."}},
    )
    with socket_bot(slack, app.register):
        card = post(slack)
        ada = slack.person("Ada")
        assert ada.press("Open") == {"acked": True}
        ada.wait_modal("Form")
        assert ada.fill({"Text": ""}) == {"errors": {"words": "Please complete this required field."}}
        assert ada.fill({"Text": "dull", "Colour": "Green"}) == {"errors": {"words": "Too dull."}}
        shown = ada.modal()
        assert shown is not None
        assert shown["errors"] == {"words": "Too dull."}
        assert ada.fill({"words": "bright"}) == {"closed": True}
        assert ada.modal() is None
    pressed, first, second = app.bodies
    assert pressed["actions"][0]["value"] == "7"
    assert pressed["container"] == {
        "type": "message",
        "message_ts": card["ts"],
        "channel_id": "C0REVIEW01",
        "is_ephemeral": False,
    }
    assert pressed["message"]["ts"] == card["ts"]
    assert values(first)["colour"]["chosen"]["selected_option"] == {
        "text": {"type": "plain_text", "text": "Green", "emoji": True},
        "value": "green",
    }
    assert values(second)["words"]["text"] == {"type": "plain_text_input", "value": "bright"}


def test_a_submission_carries_the_values_of_all_inputs(slack: Running) -> None:
    files = {"type": "input", "block_id": "files", "label": plain("Pictures"), "optional": True}
    at = {"type": "input", "block_id": "at", "label": plain("When"), "optional": True}
    app = App(
        modal(
            choice("checkboxes", "Colours", "colours"),
            files | {"element": {"type": "file_input", "action_id": "up", "filetypes": ["png"], "max_files": 1}},
            at | {"element": {"type": "datetimepicker", "action_id": "when"}},
            text_input("Note", "note", optional=True, element={"initial_value": "as before"}),
        )
    )
    picture = content("a.png", "image/png", b"png")
    with socket_bot(slack, app.register):
        post(slack)
        ada = slack.person("Ada")
        ada.press("Open")
        assert list(ada.fill({"Colours": ["red"], "Pictures": [picture, picture]})["errors"]) == ["files"]
        assert list(ada.fill({"Pictures": [content("a.pdf", "application/pdf", b"x")]})["errors"]) == ["files"]
        assert ada.fill({"Pictures": [picture], "When": 1_800_000_000}) == {"closed": True}
    found = values(app.bodies[-1])
    assert [o["value"] for o in found["colours"]["chosen"]["selected_options"]] == ["red"]
    assert found["at"]["when"] == {"type": "datetimepicker", "selected_date_time": 1_800_000_000}
    assert found["note"]["text"]["value"] == "as before"
    file = found["files"]["up"]["files"][0]
    assert (file["name"], file["mimetype"], file["size"]) == ("a.png", "image/png", 3)
    assert file["url_private"].startswith(slack.address)


def test_a_submission_can_change_stack_and_clear_forms(slack: Running) -> None:
    app = App(
        modal(text_input("Text", "words")),
        {"response_action": "update", "view": modal(text_input("Text", "words"), text_input("More", "more"))},
        {"response_action": "push", "view": modal(text_input("Last", "last"))},
        {"response_action": "clear"},
    )
    with socket_bot(slack, app.register):
        post(slack)
        ada = slack.person("Ada")
        ada.press("Open")
        first = ada.wait_modal()["id"]
        assert ada.fill({"Text": "kept"}) == {"updated": first}
        shown = ada.modal()
        assert shown is not None
        assert shown["values"]["words"]["text"]["value"] == "kept"
        assert "pushed" in ada.fill({"More": "x"})
        top = ada.modal()
        assert top is not None
        assert (top["root_view_id"], top["previous_view_id"]) == (first, first)
        assert ada.fill({"Last": "x"}) == {"closed": True, "cleared": True}
        assert ada.modal() is None


def test_an_answer_that_slack_cannot_use_troubles_the_member(slack: Running) -> None:
    app = App(modal(text_input("Text", "words")), {"response_action": "errors", "errors": {"nowhere": "x"}})
    with socket_bot(slack, app.register):
        post(slack)
        ada = slack.person("Ada")
        ada.press("Open")
        answer = ada.fill({"Text": "x"})
        assert answer["trouble"] == "We had some trouble connecting. Try again?"
        assert ada.modal() is not None


def test_closing_is_told_only_when_asked_for(slack: Running) -> None:
    app = App(modal(text_input("Text", "words"), notify_on_close=True))
    with socket_bot(slack, app.register):
        post(slack)
        ada = slack.person("Ada")
        ada.press("Open")
        ada.wait_modal()
        ada.close()
        assert (app.bodies[-1]["type"], app.bodies[-1]["is_cleared"]) == ("view_closed", False)
        with pytest.raises(Refused, match="not open"):
            ada.close()


def test_a_button_that_is_gone_cannot_be_pressed(slack: Running) -> None:
    card = post(slack)
    ada = slack.person("Ada")
    slack.call(slack.client.chat_update(channel=card["channel"], ts=card["ts"], text="done"))
    with pytest.raises(Refused, match="no such button"):
        ada.act("press", channel="review", ts=card["ts"], action_id="open:1")
    with pytest.raises(Refused, match="no button"):
        ada.press("Open")


def test_a_choice_in_a_message_is_kept_and_sent(slack: Running) -> None:
    offered = [{"text": plain(word), "value": word.lower()} for word in ("Red", "Green")]
    menu = {"type": "static_select", "action_id": "more", "options": offered, "placeholder": plain("Colour")}
    app = App(modal())
    with socket_bot(slack, app.register):
        post(slack, [{"type": "actions", "block_id": "menus", "elements": [menu]}])
        ada = slack.person("Ada")
        ada.press("Colour", selected="green")
        with pytest.raises(Refused, match="no option"):
            ada.press("Colour", selected="blue")
    body = app.bodies[-1]
    assert body["actions"][0]["selected_option"]["value"] == "green"
    assert body["state"]["values"]["menus"]["more"]["selected_option"]["value"] == "green"


def test_a_message_shortcut_brings_the_message_with_its_files(slack: Running) -> None:
    app = App(modal())
    with socket_bot(slack, app.register):
        ada = slack.person("Ada")
        root = ada.say("review", "root")
        ts = ada.say("review", "in a thread", thread_ts=root, files=[content("a.png", "image/png", b"x")])
        reply = ada.thread("review", root)[0]
        ada.shortcut("make_post", message=reply)
        answer = ada.wait_message("review", "Taken.", thread_ts=root)
        assert answer["ephemeral"] is True
    body = app.bodies[-1]
    assert (body["type"], body["message_ts"], body["message"]["files"][0]["name"]) == ("message_action", ts, "a.png")


def test_commands_are_refused_in_threads(slack: Running) -> None:
    ada = slack.person("Ada")
    root = ada.say("review", "root")
    with pytest.raises(Refused, match="/draft is not supported in threads"):
        ada.command("review", "/draft", thread_ts=root)
    with pytest.raises(Refused, match="/draft is not supported in threads"):
        ada.say("review", "/draft now", thread_ts=root)


def test_the_home_tab_is_published_and_pressed(slack: Running) -> None:
    app = App(modal())
    with socket_bot(slack, app.register):
        ada = slack.person("Ada")
        ada.open_home()
        ada.wait_for(ada.home, what="the Home tab")
        ada.press_home("New")
        assert slack.person("Bruno").home() is None
    assert (app.bodies[-1]["view"]["type"], app.bodies[-1]["user"]["id"]) == ("home", "U0ADA00001")


class Slow(SlackPerson):
    """Sees at first what was there a moment ago."""

    def __init__(self, address: str, name: str, *seen: Json) -> None:
        super().__init__(address, name)
        self.seen = list(seen)

    def home(self) -> Json | None:
        return self.seen.pop(0) if self.seen else super().home()


def test_what_is_drawn_anew_while_the_finger_is_on_the_way_is_pressed_as_it_is_then(slack: Running) -> None:
    app = App(modal())
    with socket_bot(slack, app.register):
        ada = slack.person("Ada")
        ada.open_home()
        seen = ada.wait_for(ada.home, what="the Home tab")
        ada.open_home()

        def anew() -> Json | None:
            shown = ada.home()
            return shown if shown != seen else None

        now = ada.wait_for(anew, what="the Home tab, drawn anew")
        Slow(ada.address, "Ada", seen).press_home("New")
        with pytest.raises(Refused, match="There is no such button here"):
            Slow(ada.address, "Ada", seen, seen).press_home("New")
    assert app.bodies[-1]["actions"][0]["block_id"] == now["blocks"][0]["block_id"]


def test_ephemeral_cards_are_replaced_and_deleted_through_their_address(slack: Running) -> None:
    steps: Iterator[Json] = iter(
        [{"replace_original": True, "text": "replaced", "blocks": CARD}, {"delete_original": True}]
    )
    bodies: list[Json] = []

    def register(app: AsyncApp) -> None:
        @app.action("open:1")
        async def press(ack: Any, body: Json, respond: Any) -> None:
            await ack()
            bodies.append(body)
            await respond(**next(steps))

    whisper = slack.client.chat_postEphemeral(channel="C0REVIEW01", user="U0ADA00001", text="first", blocks=CARD)
    slack.call(whisper)
    with socket_bot(slack, register):
        ada = slack.person("Ada")
        ada.press("Open")
        ada.wait_message("review", "replaced")
        ada.press("Open")
        ada.wait_for(lambda: ada.messages("review") == [])
    assert bodies[0]["container"]["is_ephemeral"] is True
    assert "message" not in bodies[0]


def refusal(slack: Running, call: Callable[[], Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        slack.call(call())
    return str(refused.value.response["error"])


def test_a_trigger_is_used_once_and_dies_after_three_seconds(slack: Running) -> None:
    form = modal(text_input("Text", "words"))
    ada = slack.slack.core.workspace.member("Ada")
    assert ada is not None
    trigger = slack.slack.core.grant_trigger(ada)
    assert refusal(slack, lambda: slack.client.views_open(trigger_id="1.2.3", view=form)) == "invalid_trigger_id"
    wrong = modal(title=plain("t" * 30))
    assert refusal(slack, lambda: slack.client.views_open(trigger_id=trigger, view=wrong)) == "invalid_arguments"
    slack.call(slack.client.views_open(trigger_id=trigger, view=form))
    assert refusal(slack, lambda: slack.client.views_open(trigger_id=trigger, view=form)) == "exchanged_trigger_id"
    late = slack.slack.core.grant_trigger(ada)
    slack.person("Ada").act("clock", advance=3)
    slack.call(slack.client.views_open(trigger_id=slack.slack.core.grant_trigger(ada), view=form))
    slack.person("Ada").act("clock", advance=0.1)
    assert refusal(slack, lambda: slack.client.views_open(trigger_id=late, view=form)) == "expired_trigger_id"


def test_a_view_is_updated_only_as_it_was_last_seen(slack: Running) -> None:
    core = slack.slack.core
    ada = core.workspace.member("Ada")
    assert ada is not None
    form = modal(text_input("Text", "words"), external_id="mine")
    opened = slack.call(slack.client.views_open(trigger_id=core.grant_trigger(ada), view=form))["view"]
    changed = slack.call(slack.client.views_update(view_id=opened["id"], hash=opened["hash"], view=form))["view"]
    assert changed["hash"] != opened["hash"]
    stale = refusal(slack, lambda: slack.client.views_update(view_id=opened["id"], hash=opened["hash"], view=form))
    assert stale == "hash_conflict"
    assert refusal(slack, lambda: slack.client.views_update(view_id="V0NONE", view=form)) == "not_found"
    again = core.grant_trigger(ada)
    assert refusal(slack, lambda: slack.client.views_push(trigger_id=again, view=form)) == "duplicate_external_id"
    for expected in (None, None, "push_limit_reached"):
        trigger, plainer = core.grant_trigger(ada), modal(text_input("Text", "words"))
        if expected is None:
            slack.call(slack.client.views_push(trigger_id=trigger, view=plainer))
        else:
            found = refusal(slack, lambda: slack.client.views_push(trigger_id=trigger, view=plainer))  # noqa: B023
            assert found == expected
