"""The doctor names what is wrong with the workspace; the manifest asks for what is used and nothing more."""

import ast
import json
import re
from pathlib import Path

from pydantic import SecretStr

from bot.slack.api import METHODS
from bot.slack.fetch import is_slacks
from bot.slack.manifest import EVENTS, manifest, scopes
from sandbox.service import Fault
from support.programs import SPECS, needs_specs
from support.slack_chat import GENERAL, Heard, SlackBench

SOURCES = Path(__file__).parents[3] / "bot" / "slack"
OPENAPI = SPECS / "slack" / "slack_web_openapi_v2.json"


def verdict(bench: SlackBench, **changes: object) -> list[str]:
    return bench.run(bench.chat(Heard(), wait=False, **changes).check())


def test_a_workspace_that_is_well_has_no_findings(bench: SlackBench) -> None:
    assert verdict(bench) == []


def test_a_wrong_bot_token_is_named(bench: SlackBench) -> None:
    [sentence] = verdict(bench, bot_token=SecretStr("xoxb-wrong"))
    assert "BOT_TOKEN" in sentence


def test_a_wrong_app_token_is_named(bench: SlackBench) -> None:
    [sentence] = verdict(bench, app_token=SecretStr("xapp-wrong"))
    assert "APP_TOKEN" in sentence


def test_missing_scopes_are_named(bench: SlackBench) -> None:
    bench.sandbox.settings.scopes -= {"files:read", "im:write"}
    [sentence] = verdict(bench)
    assert "files:read, im:write" in sentence


def test_rooms_that_cannot_be_used_are_named(bench: SlackBench) -> None:
    hidden, outside = verdict(bench, review="C0UNKNOWN1", inbox=GENERAL)
    assert "C0UNKNOWN1" in hidden
    assert "#general" in outside


def test_a_workspace_out_of_reach_is_named(bench: SlackBench) -> None:
    [sentence] = verdict(bench, api_url="http://127.0.0.1:9/api/")
    assert "cannot be reached" in sentence


def test_a_room_of_which_little_is_told_is_not_found_fault_with(bench: SlackBench) -> None:
    told = '{"ok":true,"channel":{"id":"C0REVIEW01"}}'  # of a private conversation Slack tells no membership
    headers = {"Content-Type": "application/json"}
    fault = Fault("GET /api/conversations.info", "status", times=2, status=200, body=told, headers=headers)
    bench.sandbox.faults.append(fault)
    assert verdict(bench) == []


def test_a_room_that_could_not_be_looked_at_is_not_called_a_wrong_one(bench: SlackBench) -> None:
    bench.sandbox.faults.append(Fault("GET /api/conversations.info", "status", times=1, status=429))
    [sentence] = verdict(bench)
    assert "could not be looked at" in sentence


# -- the manifest ----------------------------------------------------------------------------------------------------


def called() -> set[str]:
    """Every Web API method that the sources name in a call."""
    words = {
        node.value
        for path in SOURCES.glob("*.py")
        if path.name != "manifest.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    families = {method.partition(".")[0] for method in METHODS}
    return {w for w in words if re.fullmatch(r"[a-z]+(\.[a-zA-Z]+)+", w) and w.partition(".")[0] in families}


def test_the_scopes_cover_every_method_that_is_called() -> None:
    assert called() == set(METHODS)
    granted = set(manifest()["oauth_config"]["scopes"]["bot"])
    assert granted >= {scope for needed in METHODS.values() for scope in needed.split()}
    assert granted >= {scope for needed in EVENTS.values() for scope in needed.split()}


@needs_specs("slack")
def test_every_method_and_scope_is_slacks() -> None:
    paths = json.loads(OPENAPI.read_text())["paths"]
    newer = {"files.completeUploadExternal", "files.getUploadURLExternal", "apps.connections.open"}  # than the file
    assert {m for m in METHODS if f"/{m}" not in paths} <= newer


def test_the_manifest_knows_both_ways_in() -> None:
    socket, http = manifest(), manifest(name="Desk", command="/desk", url="https://a.example/slack/events")
    assert socket["settings"]["socket_mode_enabled"]
    assert "request_url" not in json.dumps(socket)
    assert not http["settings"]["socket_mode_enabled"]
    assert http["features"]["slash_commands"][0]["command"] == "/desk"
    assert json.dumps(http).count("https://a.example/slack/events") == 3
    assert scopes() == sorted(set(scopes()))


def test_the_token_goes_to_slack_only() -> None:
    api = "https://slack.com/api/"
    assert is_slacks("https://files.slack.com/files-pri/T1-F1/a.png", api)
    assert is_slacks("http://127.0.0.1:8080/files/a", "http://127.0.0.1:8080/api/")
    for url in (
        "http://files.slack.com/a",
        "https://slack.com.evil.example/a",
        "https://evilslack.com/a",
        "https://files.slack.com@evil.example/a",
        "https://drive.example/a",
        "",
    ):
        assert not is_slacks(url, api)
