"""A desk at rest, as the demo's but without Mastodon: counts what it asks of the database, and its processor time."""

import asyncio
import json
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from benchmarks.common import say
from bot import demo, log
from bot.app import App
from bot.settings import Settings
from bot.threads import settle_in

#: Seconds after which a desk that has started is at rest.
SETTLING = 10.0
#: Seconds between looks for comments: what a desk has that sets nothing else.
POLL = 60


class Asked:
    """What SQLAlchemy asks in this process, and the rows that it changes."""

    def __init__(self) -> None:
        self.statements = self.transactions = self.rows = 0
        event.listen(Engine, "begin", self._begun)
        event.listen(Engine, "after_cursor_execute", self._executed)

    def _begun(self, _connection: Any) -> None:
        self.transactions += 1

    def _executed(self, _connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):  # SQLite's own, counted as a transaction
            self.statements += 1
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            self.rows += max(0, cursor.rowcount)

    def so_far(self) -> dict[str, float]:
        """All of it, with the processor's time."""
        return {
            "cpu s": time.process_time(),
            "statements": self.statements,
            "transactions": self.transactions,
            "rows": self.rows,
        }


def _settings(url: str, networks: str, world: dict[str, Any], folder: Path) -> Settings:
    told = tomllib.loads(demo.config_for(world, folder))
    told["desk"] |= {"database": url, "poll_seconds": POLL}
    ours = {name: own for name, own in told["accounts"].items() if own["platform"] != "mastodon"}
    told["accounts"] = ours if networks else {}
    return Settings.model_validate(told)


async def _main(url: str, seconds: str, networks: str, world: str) -> None:
    log.setup("error", "console", [])
    with tempfile.TemporaryDirectory() as folder:
        app = App(_settings(url, networks, json.loads(world), Path(folder)))
        await app.start()
        settle_in()
        asked = Asked()
        await asyncio.sleep(SETTLING)
        print("rests", flush=True)
        before = asked.so_far()
        await asyncio.sleep(float(seconds))
        after = asked.so_far()
        await app.stop()
    say({name: after[name] - before[name] for name in after})


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
