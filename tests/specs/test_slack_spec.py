"""The pretend Slack holds against Slack's own published descriptions."""

import json
from functools import cache
from typing import Any

import jsonschema
import pytest

from sandbox.slack import events
from sandbox.slack.core import Core
from sandbox.slack.outbox import Answer, Delivery
from sandbox.slack.server import SlackSandbox
from sandbox.slack.web_api import Method
from support.programs import SPECS, needs_specs

NODES = SPECS / "slack"
pytestmark = needs_specs("slack")

#: Methods that came after the specification of 2021, each with the page that describes it.
YOUNGER = {
    "files.getUploadURLExternal": "docs.slack.dev/reference/methods/files.getUploadURLExternal (2023)",
    "files.completeUploadExternal": "docs.slack.dev/reference/methods/files.completeUploadExternal (2023)",
    "apps.connections.open": "docs.slack.dev/reference/methods/apps.connections.open (Socket Mode, 2021)",
}
#: Arguments that came after it.
YOUNGER_ARGUMENTS = {
    "metadata": "message metadata, 2022",
    "include_all_metadata": "message metadata, 2022",
    "markdown_text": "2025",
    "file_ids": "chat.update, 2021",
}
METHODS = SlackSandbox().web_api.methods


@cache
def spec(name: str) -> Any:
    return json.loads((NODES / name).read_text())


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda m: m.name)
def test_every_method_and_argument_exists_in_the_published_specification(method: Method) -> None:
    if method.name in YOUNGER:
        assert f"/{method.name}" not in spec("slack_web_openapi_v2.json")["paths"]
        return
    operations = spec("slack_web_openapi_v2.json")["paths"][f"/{method.name}"].values()
    known = {p["name"] for operation in operations for p in operation["parameters"]}
    assert set(method.takes) - known <= set(YOUNGER_ARGUMENTS), method.name


@pytest.mark.parametrize("method", METHODS.values(), ids=lambda m: m.name)
def test_every_method_asks_for_a_scope_of_the_family_that_the_specification_names(method: Method) -> None:
    if method.name in YOUNGER:
        return
    operations = spec("slack_web_openapi_v2.json")["paths"][f"/{method.name}"].values()
    text = json.dumps([operation.get("security") for operation in operations])
    for scope in method.scopes:
        assert scope.split(":")[0] in text


class Ear:
    """Keeps what would have been delivered."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []

    def ready(self) -> bool:
        return True

    async def send(self, delivery: Delivery) -> Answer:
        self.deliveries.append(delivery)
        return Answer(True)


async def told(core: Core) -> list[dict[str, Any]]:
    ear = Ear()
    core.outbox.socket = ear
    ada = core.workspace.members["U0ADA00001"]
    channel = core.workspace.channels["C0REVIEW01"]
    events.home_opened(core, ada, "home")
    events.moved(core, channel, ada.id, "joined")
    for task in list(core.outbox._running):
        await task
    return [d.payload for d in ear.deliveries]


def test_events_are_wrapped_as_the_schema_says() -> None:
    import asyncio

    schema = spec("slack_common_event_wrapper_schema.json")
    #: `authed_users` was replaced by `authorizations` (docs.slack.dev/changelog, September 2020).
    required = [name for name in schema["required"] if name != "authed_users"]
    payloads = asyncio.run(told(SlackSandbox().core))
    assert len(payloads) == 2
    for payload in payloads:
        jsonschema.validate(payload, schema | {"required": required})


def test_every_event_we_send_is_one_that_slack_has() -> None:
    topics = set(spec("slack_events_api_async_v1.json")["topics"])
    from sandbox.slack.settings import EVENTS

    newer = {"app_home_opened"}
    assert {name.replace("_", ".") for name in EVENTS - newer} <= topics
