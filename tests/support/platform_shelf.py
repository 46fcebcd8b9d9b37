"""A shelf that lends files at addresses of this machine, for sandboxes that fetch them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from platforms.contract import Attachment
from support.patience import PATIENCE


class LocalShelf:
    """Implements the contract's `Shelf`."""

    def __init__(self, address: str, folder: Path, lent: dict[str, Attachment]) -> None:
        self.address = address
        self.folder = folder  #: for files that are made up
        self._lent = lent

    def lend(self, file: Attachment) -> str:
        """The address under which the file is served until the block ends."""
        name = f"/{len(self._lent)}{file.path.suffix}"
        self._lent[name] = file
        return self.address + name


@contextmanager
def lending() -> Iterator[LocalShelf]:
    """A shelf, and the server behind it, until the block ends."""
    lent: dict[str, Attachment] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = lent.get(self.path)
            if file and not file.path.exists():
                file = None
            body = file.path.read_bytes() if file else b""
            self.send_response(200 if file else 404)
            self.send_header("Content-Type", file.mime if file else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Nothing: tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="shelf", daemon=True)
    thread.start()
    try:
        with TemporaryDirectory() as folder:
            yield LocalShelf(f"http://127.0.0.1:{server.server_address[1]}", Path(folder), lent)
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


def attachment(path: Path, mime: str, alt: str = "", width: int = 0, height: int = 0) -> Attachment:
    """A file of the disk as it would leave."""
    return Attachment(path, mime, path.stat().st_size, path.stem.ljust(8, "0"), alt, width, height)
