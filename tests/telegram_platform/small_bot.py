"""A small bot on the real library, for the tests of the stand-in."""

from __future__ import annotations

import contextlib

import telegram
from telegram.ext import (
    AIORateLimiter,
    Application,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)


async def start(update, context):
    await update.message.reply_text(f"started {' '.join(context.args)}".strip())


async def echo(update, _):
    await update.message.reply_text(update.message.text)


async def size(update, context):
    """How large a picture is, wherever it stands."""
    message = update.message
    if message.text or message.caption:
        message = message.reply_to_message or message
    shown = message.photo[-1] if message.photo else message.document or message.sticker
    if shown is None:
        return
    try:
        file = await shown.get_file()
        data = bytes(await file.download_as_bytearray())
    except telegram.error.BadRequest as refused:
        await update.message.reply_text(str(refused), do_quote=True)
        return
    context.bot_data.setdefault("seen", []).append(data)
    rows = [
        [
            telegram.InlineKeyboardButton("Undo", callback_data=f"undo:{len(data)}"),
            telegram.InlineKeyboardButton("Delete", callback_data="delete"),
        ],
        [
            telegram.InlineKeyboardButton(
                "Copy", copy_text=telegram.CopyTextButton("https://pix.example/abc")
            )
        ],
    ]
    await update.message.reply_text(
        f"<b>{len(data)}</b> bytes: https://pix.example/abc",
        parse_mode="HTML",
        do_quote=True,
        reply_markup=telegram.InlineKeyboardMarkup(rows),
        link_preview_options=telegram.LinkPreviewOptions(
            url="https://pix.example/abc", prefer_large_media=True
        ),
    )


async def tapped(update, _):
    query = update.callback_query
    if query.data == "delete":
        await query.answer("Gone", show_alert=True)
        await query.delete_message()
    else:
        await query.edit_message_text(f"undone {query.data}")
        await query.answer()


async def pictures(update, context):
    """Sends what it saw, as photo, as document and as album."""
    seen = context.bot_data["seen"][-1]
    chat = update.effective_chat
    await chat.send_photo(seen, caption="photo")
    await chat.send_document(seen, filename="copy.jpg", caption="file")
    await chat.send_media_group([telegram.InputMediaPhoto(seen) for _ in range(2)])


async def typed(update, _):
    results = [
        telegram.InlineQueryResultArticle(
            str(number),
            f"{update.inline_query.query} {number}",
            telegram.InputTextMessageContent(f"chose {number}"),
            reply_markup=telegram.InlineKeyboardMarkup.from_button(
                telegram.InlineKeyboardButton("Undo", callback_data="undo:1")
            ),
        )
        for number in range(2)
    ]
    await update.inline_query.answer(results, is_personal=True)


async def edited(update, _):
    await update.edited_message.reply_text(f"now {update.edited_message.text}")


def build(platform, *, token=None, limited=True, local=False) -> Application:
    builder = (
        Application.builder()
        .token(token or platform.token)
        .base_url(platform.base_url)
        .base_file_url(platform.base_file_url)
        .concurrent_updates(True)
        .local_mode(local)
    )
    if limited:
        builder.rate_limiter(AIORateLimiter(max_retries=3))
    app = builder.build()
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CommandHandler(["size", "upload"], size))
    app.add_handler(CommandHandler("pictures", pictures))
    app.add_handler(CallbackQueryHandler(tapped))
    app.add_handler(InlineQueryHandler(typed))
    app.add_handler(MessageHandler(filters.UpdateType.EDITED_MESSAGE, edited))
    app.add_handler(
        MessageHandler(filters.PHOTO | filters.Document.ALL | filters.Sticker.ALL, size)
    )
    app.add_handler(MessageHandler(filters.TEXT, echo))
    return app


@contextlib.asynccontextmanager
async def running_bot(platform, **options):
    """The small bot, polling."""
    app = build(platform, **options)
    async with app:
        await app.bot.set_my_commands([("start", "Begin"), ("size", "How large it is")])
        await app.start()
        await app.updater.start_polling(
            poll_interval=0, timeout=5, allowed_updates=telegram.Update.ALL_TYPES
        )
        try:
            yield app
        finally:
            await app.updater.stop()
            await app.stop()
