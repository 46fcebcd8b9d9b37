"""Instagram and Threads on the pretend Meta: their tokens, files to fetch, and whole ways through publishing."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from PIL import Image

from sandbox.meta.server import MetaSandbox
from support.meta_client import Graph, Shelf, film, picture
from support.platform_running import running

ACCOUNT, LOGIN_TOKEN = "17841400000000001", "sandbox-instagram-token"
INSTAGRAM_APP, INSTAGRAM_SECRET = "4000000002", "sandbox-instagram-secret"
THREADS_USER, THREADS_TOKEN = "26000000000000001", "sandbox-threads-token"
THREADS_APP, THREADS_SECRET = "4000000003", "sandbox-threads-secret"


def stereo() -> bytes:
    """Two pictures in one file (MPO), as some cameras name .jpg."""
    out, half = io.BytesIO(), Image.new("RGB", (400, 400), "red")
    half.save(out, "MPO", save_all=True, append_images=[half])
    return out.getvalue()


FILES: dict[str, tuple[str, bytes]] = {
    "square.jpg": ("image/jpeg", picture(400, 400)),
    "wide.jpg": ("image/jpeg", picture(400, 200)),
    "tall.jpg": ("image/jpeg", picture(360, 640)),
    "square.png": ("image/png", picture(400, 400, "PNG")),
    "stereo.jpg": ("image/jpeg", stereo()),
    "words.jpg": ("image/jpeg", b"no picture"),
    "large.jpg": ("image/jpeg", picture(400, 400) + b"\x00" * (8 * 1024 * 1024)),
    "film.mp4": ("video/mp4", film()),
}


@dataclass
class Networks:
    """A sandbox and a web server of ours; `page`, `login` and `threads` call with the tokens of each way in."""

    page: Graph
    login: Graph
    threads: Graph
    files: str

    def file(self, name: str) -> str:
        """The address of one of FILES (or of none)."""
        return f"{self.files}/{name}"

    def container(self, graph: Graph, **params: Any) -> str:
        """A container of the Instagram account; of a square picture if nothing else is said."""
        media = params or {"image_url": self.file("square.jpg")}
        made: str = graph.post(f"{ACCOUNT}/media", **media)["id"]
        return made

    def publish(self, graph: Graph, **params: Any) -> str:
        """The id of Instagram media that has been published."""
        container = self.container(graph, **params)
        while graph.get(container, fields="status_code")["status_code"] == "IN_PROGRESS":
            pass
        media: str = graph.post(f"{ACCOUNT}/media_publish", creation_id=container)["id"]
        return media

    def thread(self, **params: Any) -> str:
        """The id of a Threads post that has been published."""
        container = self.threads.post("me/threads", **({"media_type": "TEXT"} | params))["id"]
        while self.threads.get(container, fields="status")["status"] == "IN_PROGRESS":
            pass
        media: str = self.threads.post("me/threads_publish", creation_id=container)["id"]
        return media


@contextmanager
def networks() -> Iterator[Networks]:
    """Both, running."""
    with running(MetaSandbox()) as address, running(Shelf(FILES)) as files:
        page = Graph(address)
        login = page.of(LOGIN_TOKEN, INSTAGRAM_SECRET, "instagram/v26.0")
        threads = page.of(THREADS_TOKEN, "", "threads/v1.0")
        yield Networks(page, login, threads, files)
