"""An unmodified python-telegram-bot works against the pretend Telegram by polling."""

import asyncio
from collections.abc import Iterator

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    ReactionTypeEmoji,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Forbidden, InvalidToken
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from support.patience import PATIENCE
from support.telegram_stage import ADA, DESK, TOKEN, Telegram, picture, telegram_running

Context = ContextTypes.DEFAULT_TYPE
GO = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Approve", callback_data="v1:ok"), InlineKeyboardButton("No", callback_data="v1:no")]]
)


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with telegram_running() as found:
        yield found


def test_an_application_hears_a_command_and_a_press_and_its_answers_are_seen(telegram: Telegram) -> None:
    async def card(update: Update, _context: Context) -> None:
        assert update.message
        await update.message.reply_html("<b>Ready</b>", reply_markup=GO)

    async def pressed(update: Update, _context: Context) -> None:
        query = update.callback_query
        assert query
        await query.answer("Approved", show_alert=True)
        await query.edit_message_text("Done by " + query.from_user.first_name)

    async def run() -> None:
        app = Application.builder().token(TOKEN).base_url(f"{telegram.address}/bot").build()
        app.add_handler(CommandHandler("post", card))
        app.add_handler(CallbackQueryHandler(pressed))
        async with app:
            await app.start()
            assert app.updater
            await app.updater.start_polling(poll_interval=0, timeout=5)
            await asyncio.to_thread(story)
            await app.updater.stop()
            await app.stop()

    def story() -> None:
        ada = telegram.person("Ada", "Desk", "Review")
        command = ada.command("post", "hello")
        shown = ada.wait_text("Ready")
        assert shown["reply_to"] == command
        assert shown["segments"] == [{"text": "Ready", "styles": ["bold"]}]
        assert [b["label"] for b in shown["keyboard"][0]] == ["Approve", "No"]
        assert ada.press("Approve", shown) == {"text": "Approved", "show_alert": True}
        done = ada.wait_text("Done by Ada")
        assert done["id"] == shown["id"]
        assert done["keyboard"] == []
        assert telegram.person("Bruno", "Desk", "Inbox").messages()[1:] == []

    asyncio.run(asyncio.wait_for(run(), PATIENCE))
    assert telegram.person("Ada").state()["complaints"] == []


def test_an_album_arrives_as_several_messages_with_the_caption_on_the_first(telegram: Telegram) -> None:
    ada = telegram.person("Ada")
    ada.start()
    ada.album([picture(), picture(2000, 1000)], "Two pictures")

    async def work(bot: Bot) -> None:
        _, first, second = [u.message for u in await bot.get_updates(timeout=5)]
        assert first
        assert second
        assert first.media_group_id == second.media_group_id is not None
        assert (first.caption, second.caption) == ("Two pictures", None)
        assert [size.width for size in second.photo] == [90, 320, 800, 1280]
        data = await (await second.photo[-1].get_file()).download_as_bytearray()
        assert data.startswith(b"\xff\xd8")
        assert len(data) == second.photo[-1].file_size

    telegram.with_bot(work)


def test_the_bot_sends_albums_photos_videos_and_documents_by_upload_and_by_identifier(telegram: Telegram) -> None:
    async def work(bot: Bot) -> None:
        album = await bot.send_media_group(
            DESK, [InputMediaPhoto(picture(), caption="<i>one</i>", parse_mode="HTML"), InputMediaPhoto(picture())]
        )
        again = await bot.send_photo(DESK, album[0].photo[-1].file_id, caption="again")
        assert again.photo == album[0].photo
        video = await bot.send_video(
            DESK, b"video", filename="clip.mp4", duration=3, reply_parameters=ReplyParameters(again.message_id)
        )
        assert video.video
        assert video.video.mime_type == "video/mp4"
        assert video.reply_to_message
        assert video.reply_to_message.message_id == again.message_id
        document = await bot.send_document(DESK, b"a,b\n", filename="numbers.csv", reply_markup=GO)
        assert document.document
        assert document.document.file_name == "numbers.csv"
        with pytest.raises(BadRequest, match=r"(?i)can't use file of type Document as Photo"):
            await bot.send_photo(DESK, document.document.file_id)
        with pytest.raises(BadRequest, match=r"(?i)can't use the media of the specified type in the album"):
            await bot.send_media_group(DESK, [InputMediaPhoto(picture()), InputMediaDocument(b"x")])

    telegram.with_bot(work)
    shown = telegram.person("Chiara", "Desk", "General").messages()
    assert [m["kind"] for m in shown] == ["photo", "photo", "photo", "video", "document"]
    assert shown[0]["album"] == shown[1]["album"] != ""
    assert shown[0]["segments"] == [{"text": "one", "styles": ["italic"]}]


def test_the_bot_edits_text_caption_media_and_keyboard(telegram: Telegram) -> None:
    telegram.person("Ada").start()

    async def work(bot: Bot) -> None:
        text = await bot.send_message(ADA, "one", reply_markup=GO)
        await text.edit_text("two", reply_markup=GO)
        with pytest.raises(
            BadRequest, match="not modified: specified new message content and reply markup are exactly"
        ):
            await text.edit_text("two", reply_markup=GO)
        await text.edit_reply_markup(None)
        with pytest.raises(BadRequest, match=r"(?i)there is no caption in the message to edit"):
            await bot.edit_message_caption(ADA, text.message_id, caption="x")
        photo = await bot.send_photo(ADA, picture(), caption="one", reply_markup=GO)
        await photo.edit_caption("two", reply_markup=GO)
        with pytest.raises(BadRequest, match=r"(?i)there is no text in the message to edit"):
            await photo.edit_text("x")
        changed = await photo.edit_media(InputMediaPhoto(picture(600, 600), caption="three"))
        assert not isinstance(changed, bool)
        assert changed.caption == "three"
        assert changed.photo[-1].width == 600
        assert changed.reply_markup is None
        assert changed.edit_date

    telegram.with_bot(work)
    text, photo = telegram.person("Ada").messages()[-2:]
    assert (text["text"], text["keyboard"], bool(text["edited"])) == ("two", [], True)
    assert photo["text"] == "three"


def test_topics_carry_their_thread_and_can_be_managed_by_an_administrator(telegram: Telegram) -> None:
    ada = telegram.person("Ada", "Desk", "Inbox")
    ada.command("note")

    async def work(bot: Bot) -> None:
        heard = (await bot.get_updates(timeout=5))[0].message
        assert heard
        assert heard.is_topic_message
        sent = await bot.send_message(DESK, "here", message_thread_id=heard.message_thread_id)
        assert sent.message_thread_id == heard.message_thread_id
        with pytest.raises(BadRequest, match=r"(?i)not enough rights to create a topic"):
            await bot.create_forum_topic(DESK, "Post 7")
        await asyncio.to_thread(telegram.stage, "promote", chat="Desk")
        topic = await bot.create_forum_topic(DESK, "Post 7")
        await bot.edit_forum_topic(DESK, topic.message_thread_id, name="Post 7, live")
        card = await bot.send_message(DESK, "card", message_thread_id=topic.message_thread_id)
        await bot.pin_chat_message(DESK, card.message_id)
        await bot.set_message_reaction(DESK, card.message_id, [ReactionTypeEmoji("👍")])
        await bot.close_forum_topic(DESK, topic.message_thread_id)
        full = await bot.get_chat(DESK)
        assert full.is_forum
        assert full.pinned_message
        assert full.pinned_message.message_id == card.message_id
        admins = await bot.get_chat_administrators(DESK)
        assert {a.user.first_name for a in admins} == {"Ada", "Bruno", "Bottega"}

    telegram.with_bot(work)
    room = telegram.person("Ada", "Desk").room()
    assert room["topics"][-1] == {"id": room["topics"][-1]["id"], "name": "Post 7, live", "closed": True}
    card = next(m for m in room["messages"] if m["text"] == "card")
    assert card["pinned"]
    assert card["reactions"] == ["👍"]


def test_command_menus_follow_scope_and_language(telegram: Telegram) -> None:
    telegram.person("Chiara").start()

    async def work(bot: Bot) -> None:
        await bot.set_my_commands([BotCommand("post", "Write a post")])
        await bot.set_my_commands([BotCommand("post", "Scrivi un post")], language_code="it")
        await bot.set_my_commands([BotCommand("due", "What is due")], scope=BotCommandScopeAllGroupChats())
        assert [c.description for c in await bot.get_my_commands(language_code="it")] == ["Scrivi un post"]

    telegram.with_bot(work)
    menus = {c["title"]: c["commands"] for c in telegram.person("Chiara").state()["chats"]}
    assert [c["description"] for c in menus["Bottega"]] == ["Scrivi un post"]
    assert [c["command"] for c in menus["Desk"]] == ["due"]


def test_a_copy_is_the_bots_own_and_a_forward_names_its_author(telegram: Telegram) -> None:
    ada = telegram.person("Ada")
    ada.start()
    original = ada.photo(picture(), "mine")

    async def work(bot: Bot) -> None:
        copied = await bot.copy_message(DESK, ADA, original, caption="ours", reply_markup=GO)
        await bot.edit_message_caption(DESK, copied.message_id, caption="ours again")
        forwarded = await bot.forward_message(DESK, ADA, original)
        assert forwarded.forward_origin
        with pytest.raises(BadRequest, match=r"(?i)message can't be edited"):
            await forwarded.edit_caption("x")

    telegram.with_bot(work)
    copied, forwarded = telegram.person("Bruno", "Desk", "General").messages()
    assert (copied["text"], copied["forwarded_from"]) == ("ours again", "")
    assert forwarded["forwarded_from"] == "Ada"


def test_a_wrong_token_and_a_put_out_bot_are_the_librarys_own_errors(telegram: Telegram) -> None:
    async def wrong() -> None:
        async with Bot("12345:wrong", base_url=f"{telegram.address}/bot"):
            raise AssertionError("the wrong token was accepted")

    with pytest.raises(InvalidToken):
        asyncio.run(wrong())
    telegram.stage("kick", chat="Desk")

    async def work(bot: Bot) -> None:
        with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
            await bot.send_message(DESK, "hello")
        with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
            await bot.send_message(1002, "hello")
        update = (await bot.get_updates())[-1]
        assert update.my_chat_member
        assert update.my_chat_member.new_chat_member.status == "kicked"

    telegram.with_bot(work)


def test_a_question_with_force_reply_is_answered_by_a_reply_that_the_bot_hears_in_a_group(telegram: Telegram) -> None:
    sent = telegram.call(
        "sendMessage", chat_id=DESK, text="Title?", reply_markup={"force_reply": True, "selective": True}
    )
    ada = telegram.person("Ada", "Desk")
    assert ada.last()["force_reply"]
    ada.reply(sent["message_id"], "Spring")
    ada.say("just talking")
    heard = telegram.updates("message")
    assert [m["text"] for m in heard] == ["Spring"]
    assert heard[0]["reply_to_message"]["message_id"] == sent["message_id"]


def test_message_handlers_of_the_library_read_every_kind_of_message(telegram: Telegram) -> None:
    seen: list[str] = []

    async def note(update: Update, _context: Context) -> None:
        message = update.effective_message
        assert message
        seen.append(
            "photo" if message.photo else "video" if message.video else "document" if message.document else "text"
        )

    async def run() -> None:
        app = (
            Application.builder().token(TOKEN).base_url(f"{telegram.address}/bot").updater(None).job_queue(None).build()
        )
        app.add_handler(MessageHandler(filters.ALL, note))
        async with app:
            for update in await app.bot.get_updates(timeout=5):
                await app.process_update(update)

    ada = telegram.person("Ada")
    ada.start()
    ada.photo(picture(), "p")
    ada.document(b"x", "list.txt")
    ada.say("", files=[{"name": "a.mp4", "mime": "video/mp4", "base64": "AAAA"}])
    asyncio.run(asyncio.wait_for(run(), PATIENCE))
    assert seen == ["text", "photo", "document", "video"]
