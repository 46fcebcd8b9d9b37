"""Files that people shared in Slack, fetched into temporary files."""

import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.archive import LARGEST
from bot.chat import Download, FileUnfit
from bot.slack.api import TRANSFER, Api
from platforms.contract import NotPermitted, Unreachable

CHUNK = 256 * 1024
#: Where Slack keeps files (docs.slack.dev/reference/objects/file-object, "url_private").
HOSTS = (".slack.com", ".slack-edge.com", ".slack-files.com")


async def fetch(api: Api, ref: str) -> Download:
    """The file with this id. Raises FileUnfit for good, PlatformError for another try later."""
    try:
        file = (await api.read("files.info", file=ref)).get("file") or {}
    except NotPermitted as refused:
        if "files:read" in refused.reason:
            raise FileUnfit(
                "I may not read files in this workspace: whoever runs me must give me the scope files:read."
            ) from None
        raise FileUnfit("That file is not in Slack any more. Share it again.") from None
    name = str(file.get("name") or file.get("title") or ref)
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    if file.get("is_external") or file.get("mode") in {"external", "tombstone", "hidden_by_limit"} or not url:
        raise FileUnfit("“{name}” lies outside Slack. Upload the file itself.", name=name)
    if not is_slacks(url, api.url):
        raise FileUnfit("“{name}” lies outside Slack. Upload the file itself.", name=name)
    if int(file.get("size") or 0) > LARGEST:
        raise FileUnfit(
            "“{name}” is larger than {most} MB. Make it smaller and send it again.", name=name, most=_megabytes()
        )
    mime = str(file.get("mimetype") or "")
    return Download(path=await _bytes(api, url, name, is_page=mime.startswith("text/html")), name=name, mime=mime)


def is_slacks(url: str, api_url: str) -> bool:
    """Whether the bot's token may be sent to the address: Slack's own hosts over https, or the API's own."""
    parts, own = urlsplit(url), urlsplit(api_url)
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return True
    return parts.scheme == "https" and (parts.hostname or "").endswith(HOSTS) and "@" not in parts.netloc


async def _bytes(api: Api, url: str, name: str, *, is_page: bool) -> Path:
    assert api.session is not None
    headers = {"Authorization": f"Bearer {api.token}"}
    request: Any = api.session.get(url, headers=headers, timeout=TRANSFER, proxy=api.proxy, allow_redirects=False)
    with tempfile.NamedTemporaryFile(prefix="slack-", delete=False) as target:
        path = Path(target.name)
        try:
            async with request as response:
                signs_in = response.status == 200 and response.content_type == "text/html" and not is_page
                # Strangers are sent to Slack's sign-in page, or given it.
                if signs_in or response.status in {301, 302, 303, 307, 401, 403}:
                    raise FileUnfit(
                        "I may not read files in this workspace: whoever runs me must give me the scope files:read."
                    )
                if response.status in {404, 410}:
                    raise FileUnfit("That file is not in Slack any more. Share it again.")
                if response.status != 200:
                    raise Unreachable(f"Slack did not give the file (HTTP {response.status}).")
                size = 0
                async for chunk in response.content.iter_chunked(CHUNK):
                    size += len(chunk)
                    if size > LARGEST:
                        raise FileUnfit(
                            "“{name}” is larger than {most} MB. Make it smaller and send it again.",
                            name=name,
                            most=_megabytes(),
                        )
                    target.write(chunk)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            _drop(path)
            raise Unreachable(f"Slack did not give the file ({type(error).__name__}).") from error
        except BaseException:
            _drop(path)
            raise
    return path


def _drop(path: Path) -> None:
    path.unlink(missing_ok=True)


def _megabytes() -> int:
    return LARGEST // 1024 // 1024
