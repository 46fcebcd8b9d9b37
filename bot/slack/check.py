"""What the doctor finds wrong with the Slack workspace, each sentence with its cure."""

from bot.settings import Slack
from bot.slack.api import Api, socket_address
from bot.slack.manifest import scopes
from platforms.contract import AccessLost, NotPermitted, OutcomeUnknown, PlatformError


async def problems(settings: Slack) -> list[str]:
    """Look at the tokens, the scopes and the rooms; empty when all is well."""
    api = Api(settings.bot_token.get_secret_value(), str(settings.api_url))
    await api.open()
    try:
        return await _bot(api, settings) or [*await _socket(api, settings), *await _rooms(api, settings)]
    finally:
        await api.close()


async def _bot(api: Api, settings: Slack) -> list[str]:
    """The bot token and what it may do. With a token that is wrong nothing else can be looked at."""
    try:
        told = await api.read("auth.test")
    except AccessLost:
        cure = "copy it anew from “OAuth & Permissions” (xoxb-…) into BOTTEGA_SLACK__BOT_TOKEN"
        return [f"Slack refuses the bot token: {cure}."]
    except (PlatformError, OutcomeUnknown) as error:
        return [f"Slack cannot be reached at {settings.api_url}. {error} Check the network and api_url."]
    given = {name.strip() for name in told["_headers"].get("x-oauth-scopes", "").split(",") if name.strip()}
    missing = [scope for scope in scopes() if scope not in given]
    if given and missing:
        return [f"The Slack app lacks these scopes: {', '.join(missing)}. Add them and install the app again."]
    return []


async def _socket(api: Api, settings: Slack) -> list[str]:
    """The app-level token."""
    if settings.mode != "socket":
        return []
    try:
        await socket_address(settings.app_token.get_secret_value(), api.url)
    except (AccessLost, NotPermitted):
        cure = "make one with connections:write under “Basic Information” (xapp-…) for BOTTEGA_SLACK__APP_TOKEN"
        return [f"Slack refuses the app-level token: {cure}, and switch Socket Mode on."]
    except (PlatformError, OutcomeUnknown) as error:
        return [f"Socket Mode could not be tried. {error} Try again."]
    return []


async def _rooms(api: Api, settings: Slack) -> list[str]:
    """The rooms of the configuration: there, and the bot in them."""
    found = []
    for kind, room in (("review", settings.review), ("inbox", settings.inbox)):
        if not room:
            continue
        try:
            told = (await api.read("conversations.info", channel=room)).get("channel") or {}
        except (PlatformError, OutcomeUnknown) as error:
            if isinstance(error, NotPermitted) and "(channel_not_found)" in error.reason:
                cure = "is it the channel's id (C…), and is the bot invited (/invite)?"
                found.append(f"The {kind} room {room} cannot be seen: {cure}")
            else:
                found.append(f"The {kind} room {room} could not be looked at. {error} Try again.")
            continue
        name = f"#{told['name']}" if told.get("name") else room
        if told.get("is_archived"):
            found.append(f"The {kind} room {name} is archived: choose another in [slack] {kind}.")
        elif told.get("is_member") is False:  # of a private conversation Slack does not tell it
            found.append(f"The bot is not in the {kind} room {name}: type /invite there and choose it.")
    return found
