"""Files that people send, fetched into temporary files."""

import os
import tempfile
from pathlib import Path, PurePosixPath

from telegram import Bot
from telegram.error import BadRequest, Forbidden

from bot.chat import Download, FileUnfit
from bot.telegram.refusals import says
from handlers.words import N_

#: Seconds for a download of at most 20 MB (Bot API, "getFile").
PATIENCE = 120.0


async def fetch(bot: Bot, ref: str) -> Download:
    """The file of that file_id. Raises FileUnfit for good, TelegramError or OSError for another try later."""
    try:
        file = await bot.get_file(ref)
    except BadRequest as error:
        if says(error, "file is too big"):
            raise FileUnfit(
                N_("Telegram gives bots no file above 20 MB. Make it smaller, or send it as a photo or video.")
            ) from error
        raise FileUnfit(N_("Telegram does not have this file any more. Send it again.")) from error
    except Forbidden as error:
        raise FileUnfit(N_("Telegram does not let me have this file. Send it again.")) from error
    if not file.file_path:  # optional: a server may know of a file that it does not have
        raise FileUnfit(N_("Telegram does not have this file any more. Send it again."))
    handle, name = tempfile.mkstemp(prefix="telegram-")
    try:
        with open(handle, "wb") as target:  # noqa: ASYNC230, PTH123 - a few megabytes to the local disk
            await file.download_to_memory(target, read_timeout=PATIENCE)
    except BaseException:
        os.unlink(name)  # noqa: PTH108 - the same local file
        raise
    return Download(path=Path(name), name=PurePosixPath(file.file_path or "").name)
