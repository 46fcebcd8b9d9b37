"""A small scripted bot behind the page: real Slack and Telegram SDKs, one form, a few buttons."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from telegram import Bot, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, Message, ReplyParameters, Update

from support.loops import loop_in_thread
from support.patience import PATIENCE

Json = dict[str, Any]
REVIEW = "C0REVIEW01"
DESK, TOPIC = -1001000000001, 2


def words(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    """An option that is its own label."""
    return {"text": words(value), "value": value}


FORM: Json = {
    "type": "modal",
    "callback_id": "draft",
    "title": words("New post"),
    "submit": words("Save"),
    "notify_on_close": True,
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "What shall it *say*?"}},
        {
            "type": "input",
            "block_id": "text",
            "label": words("Text"),
            "hint": words("As it will stand"),
            "element": {"type": "plain_text_input", "action_id": "in", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "accounts",
            "label": words("Accounts"),
            "element": {"type": "checkboxes", "action_id": "in", "options": [option("acme"), option("acme_it")]},
        },
        {
            "type": "input",
            "block_id": "tone",
            "optional": True,
            "label": words("Tone"),
            "element": {"type": "static_select", "action_id": "in", "options": [option("calm"), option("loud")]},
        },
        {
            "type": "input",
            "block_id": "files",
            "optional": True,
            "label": words("Pictures"),
            "element": {"type": "file_input", "action_id": "in", "filetypes": ["png", "jpg"], "max_files": 3},
        },
        {
            "type": "input",
            "block_id": "day",
            "optional": True,
            "label": words("Day"),
            "element": {"type": "datepicker", "action_id": "in"},
        },
    ],
}


def card(text: str) -> list[Json]:
    """A card with a button that asks first."""
    sure = {"title": words("Withdraw"), "text": words("Take it back?"), "confirm": words("Yes"), "deny": words("No")}
    return [
        {"type": "header", "text": words("P1 · Draft")},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_quote", "elements": [{"type": "text", "text": text}]}],
        },
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": words("Approve"), "action_id": "approve", "value": "1", "style": "primary"},
                {"type": "button", "text": words("Withdraw"), "action_id": "withdraw", "value": "1", "confirm": sure},
            ],
        },
    ]


def register(app: AsyncApp, heard: list[Json]) -> None:
    """Everything the bot hears in Slack."""

    @app.command("/social")
    async def command(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("draft")
    async def draft(ack: Any, view: Json, client: AsyncWebClient) -> None:
        values = {block: next(iter(found.values())) for block, found in view["state"]["values"].items()}
        heard.append(values)
        if "x" not in values["text"]["value"]:
            await ack(response_action="errors", errors={"text": "There must be an x in it."})
            return
        await ack()
        await client.chat_postMessage(channel=REVIEW, text="P1", blocks=card(values["text"]["value"]))

    @app.view_closed("draft")
    async def left(ack: Any) -> None:
        await ack()

    @app.action("approve")
    async def approve(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        where = {"channel": REVIEW, "thread_ts": body["message"]["ts"]}
        await client.chat_postMessage(text=f"<@{body['user']['id']}> approved.", **where)
        await client.chat_postEphemeral(channel=REVIEW, user=body["user"]["id"], text="Thank you.")
        await client.chat_postEphemeral(user=body["user"]["id"], text="It is approved.", **where)

    @app.action("withdraw")
    async def withdraw(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        ts = body["message"]["ts"]
        await client.chat_update(
            channel=REVIEW, ts=ts, text="Gone", blocks=[{"type": "section", "text": words("Gone")}]
        )

    @app.shortcut("draft_from_message")
    async def quote(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel=REVIEW, text=f"Quoted: {body['message']['text']}")

    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [{"type": "header", "text": words("What waits for you")}]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.event("message")
    async def message(event: Json) -> None:
        heard.append(event)


async def obey(bot: Bot, update: Update) -> None:
    """Everything the bot does in Telegram."""
    if query := update.callback_query:
        await query.answer(f"You pressed {query.data}.", show_alert=query.data == "loud")
        if query.data == "ask" and query.message:
            topic = query.message.message_thread_id if isinstance(query.message, Message) else None
            await bot.send_message(query.message.chat.id, "What do you say?", message_thread_id=topic)
        return
    said = update.effective_message
    if said is None:
        return
    words_said = said.text or said.caption or ""
    where: Json = {
        "chat_id": said.chat.id,
        "message_thread_id": said.message_thread_id if said.is_topic_message else None,
    }
    if words_said.startswith("/start"):
        await bot.send_message(text="Welcome. Try /post.", **where)
    elif words_said.startswith("/post"):
        keys = [
            [
                InlineKeyboardButton("Approve", callback_data="quiet"),
                InlineKeyboardButton("Edit", callback_data="loud"),
            ],
            [InlineKeyboardButton("Comment", callback_data="ask")],
        ]
        shown = f"<b>P1 · Draft</b>\n<blockquote>{len(words_said)} letters</blockquote>"
        await bot.send_message(text=shown, parse_mode="HTML", reply_markup=InlineKeyboardMarkup(keys), **where)
    elif words_said.startswith("/ask"):
        force = ForceReply(selective=True, input_field_placeholder="In a word")
        to = ReplyParameters(said.message_id)
        await bot.send_message(text="Why?", reply_markup=force, reply_parameters=to, **where)
    elif said.reply_to_message:
        await bot.send_message(text=f"You answered “{words_said}” to “{said.reply_to_message.text}”.", **where)


async def _telegram(world: Json) -> None:
    address = world["telegram"]["address"]
    async with Bot(world["telegram"]["token"], base_url=f"{address}/bot", base_file_url=f"{address}/file/bot") as bot:
        await bot.set_my_commands([("post", "draft a post"), ("queue", "what goes out next")])
        following = 0
        while True:
            for update in await bot.get_updates(offset=following, timeout=5):
                following = update.update_id + 1
                await obey(bot, update)


@contextmanager
def page_bot(world: Json) -> Iterator[list[Json]]:
    """The bot, connected to both chats; yields what forms and messages told it."""
    heard: list[Json] = []
    client = AsyncWebClient(world["slack"]["bot_token"], base_url=world["slack"]["api_url"], retry_handlers=[])

    async def begin() -> tuple[AsyncSocketModeHandler, asyncio.Task[None]]:
        app = AsyncApp(client=client)
        register(app, heard)
        handler = AsyncSocketModeHandler(app, app_token=world["slack"]["app_token"], ping_interval=5)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        return handler, asyncio.create_task(_telegram(world))

    async def end(handler: AsyncSocketModeHandler, polling: asyncio.Task[None]) -> None:
        await handler.close_async()  # type: ignore[no-untyped-call]
        polling.cancel()

    with loop_in_thread("page-bot") as loop:
        parts = asyncio.run_coroutine_threadsafe(begin(), loop).result(PATIENCE)
        try:
            yield heard
        finally:
            asyncio.run_coroutine_threadsafe(end(*parts), loop).result(PATIENCE)
