"""Methods by which the bot chooses how it hears updates: polling or webhook."""

import re
from typing import Any

from sandbox.telegram.addresses import split_address
from sandbox.telegram.errors import WEBHOOK_ACTIVE, WEBHOOK_CAME, ApiError, bad
from sandbox.telegram.methods import method
from sandbox.telegram.params import Params
from sandbox.telegram.world import World

#: Seconds of the longest poll, updates of one answer, characters of a secret token, connections of a webhook.
POLL_LIMIT, BATCH_LIMIT, SECRET_LIMIT, CONNECTION_LIMIT = 50, 100, 256, 100
KINDS = {
    *("message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message"),
    *("edited_business_message", "deleted_business_messages", "message_reaction", "message_reaction_count"),
    *("inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query"),
    *("purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request"),
    *("chat_boost", "removed_chat_boost"),
}


def _allow(world: World, p: Params) -> None:
    """Remember the kinds the bot asks for; without the parameter the earlier choice stays."""
    kinds = p.json("allowed_updates", "allowed_updates")
    if kinds is None:
        return
    if not isinstance(kinds, list):
        raise bad("can't parse allowed_updates: expected an Array of String")
    if not all(isinstance(kind, str) for kind in kinds):
        raise bad("can't parse allowed_updates: expected an Array of String")
    unknown = [kind for kind in kinds if kind not in KINDS]
    world.complaints.extend(f"allowed_updates: unknown kind {kind}" for kind in unknown)
    world.updates.allowed = [kind for kind in kinds if kind in KINDS]


@method("getUpdates", "offset:int limit:int timeout:int allowed_updates:json")
async def get_updates(world: World, p: Params) -> Any:
    """Waiting updates from `offset` on; those before it are confirmed."""
    if world.webhook.url:
        raise ApiError(409, WEBHOOK_ACTIVE)
    _allow(world, p)
    limit = min(max(p.int("limit", BATCH_LIMIT), 1), BATCH_LIMIT)
    return await world.updates.poll(p.int("offset"), limit, min(max(p.int("timeout"), 0), POLL_LIMIT))


@method(
    "setWebhook",
    "url! certificate:file ip_address max_connections:int allowed_updates:json drop_pending_updates:bool secret_token",
)
async def set_webhook(world: World, p: Params) -> Any:
    """Send updates to an address; plain http is accepted as a Bot API server of one's own (`--local`) does."""
    url = p.text("url")
    if url:
        address = split_address(url)
        if address is None or address.scheme not in {"http", "https"} or not address.hostname:
            raise bad("invalid webhook URL specified")
        secret = p.text("secret_token")
        if len(secret) > SECRET_LIMIT:
            raise bad("secret token is too long")
        if not re.fullmatch("[A-Za-z0-9_-]*", secret):
            raise bad("secret token contains unallowed characters")
    _allow(world, p)
    if p.flag("drop_pending_updates"):
        world.updates.drop()
    connections = min(max(p.int("max_connections", 40), 1), CONNECTION_LIMIT)
    if url:
        world.updates.interrupt(WEBHOOK_CAME)
    world.webhook.set(url, p.text("secret_token") if url else "", connections)
    return True


@method("deleteWebhook", "drop_pending_updates:bool")
async def delete_webhook(world: World, p: Params) -> Any:
    """Stop sending updates to an address."""
    if p.flag("drop_pending_updates"):
        world.updates.drop()
    world.webhook.set("", "", 40)
    return True


@method("getWebhookInfo")
async def get_webhook_info(world: World, _p: Params) -> Any:
    """Where updates go, how many wait and what went wrong last."""
    info = world.webhook.info() | {"pending_update_count": len(world.updates.pending)}
    return info | ({"allowed_updates": world.updates.allowed} if world.updates.allowed else {})
