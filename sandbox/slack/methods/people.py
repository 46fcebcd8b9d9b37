"""auth.*, api.test, bots.*, team.*, users.*. Source: docs.slack.dev/reference/methods ("Response", "Errors")."""

from sandbox.slack.arguments import Json
from sandbox.slack.errors import ApiError
from sandbox.slack.methods.paging import page
from sandbox.slack.web_api import Call, Method
from sandbox.slack.workspace import APP, BOT, BOT_MEMBER, TEAM


def api_test(call: Call) -> Json:
    """api.test: gives the arguments back, or the `error` asked for."""
    given = {name: call.args.text(name) for name in ("error", "foo") if call.args.has(name)}
    if "error" in given:
        raise ApiError(given["error"], args=given)
    return {"args": given}


def auth_test(call: Call) -> Json:
    """auth.test: who the token is."""
    return {
        "url": f"{call.core.address}/",
        "team": "Sandbox",
        "user": "bottega",
        "team_id": TEAM,
        "user_id": BOT_MEMBER,
        "bot_id": BOT,
        "is_enterprise_install": False,
    }


def bots_info(call: Call) -> Json:
    """bots.info."""
    if call.args.text("bot", BOT) != BOT:
        raise ApiError("bot_not_found")
    bot = {"id": BOT, "deleted": False, "name": "Bottega", "app_id": APP, "user_id": BOT_MEMBER, "icons": {}}
    return {"bot": bot | {"updated": int(call.core.now().timestamp())}}


def team_info(call: Call) -> Json:
    """team.info."""
    if call.args.text("team", TEAM) != TEAM:
        raise ApiError("team_not_found")
    return {"team": {"id": TEAM, "name": "Sandbox", "domain": "sandbox", "email_domain": "", "icon": {}}}


def users_info(call: Call) -> Json:
    """users.info."""
    member = call.core.workspace.members.get(call.args.text("user"))
    if member is None:
        raise ApiError("user_not_found")
    return {"user": member.public(call.core.now(), call.args.flag("include_locale"))}


def users_list(call: Call) -> Json:
    """users.list, paged."""
    with_locale = call.args.flag("include_locale")
    people = [m.public(call.core.now(), with_locale) for m in call.core.workspace.members.values()]
    shown, more = page(call, people, 200)
    return {"members": shown, "cache_ts": int(call.core.now().timestamp())} | more


METHODS = [
    Method("api.test", api_test, (), ("error", "foo"), posts_json=True),
    Method("auth.test", auth_test, (), (), posts_json=True),
    Method("bots.info", bots_info, ("users:read",), ("bot",), tier=3),
    Method("team.info", team_info, ("team:read",), ("team",), tier=3),
    Method("users.info", users_info, ("users:read",), ("user", "include_locale"), tier=4),
    Method("users.list", users_list, ("users:read",), ("limit", "cursor", "include_locale"), tier=2),
]
