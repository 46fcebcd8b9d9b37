"""The desks that earlier versions left (tests/fixtures), and the outside world as it was when they were copied."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from bot.telegram.confirming import data_of
from handlers.cards import Card
from handlers.intents import Place
from support.app_bench import AppBench, Where
from support.paper import Sheet, buttons
from support.patience import PATIENCE
from support.stage import Stage

HERE = Path(__file__).parents[1] / "fixtures"
#: Where nothing answers: the chats speak on paper.
NOWHERE = "http://127.0.0.1:9"


def configured(fixture: Path, folder: Path, places: dict[str, str], database: str = "") -> Path:
    """The fixture's configuration in a folder, leading to these addresses and, where it is given, to that database."""
    text = (fixture / "config.toml").read_text()
    for name, value in {**places, "data": str(folder / "data"), "nowhere": NOWHERE}.items():
        text = text.replace(f"{{{name}}}", value)
    if database:
        text = text.replace("[desk]", f'[desk]\ndatabase = "{database}"', 1)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.toml"
    path.write_text(text)
    return path


def buttons_of(desk: AppBench) -> list[dict[str, Any]]:
    """Every button that stands somewhere in the chats, as the chat carries it back.

    Of several alike (one code, shown to the same people in the same way) the newest.
    """
    found = {}
    for where, card, who in _cards(desk):
        for button in buttons(card):
            if not button.url:
                code = data_of(button) if where.chat == "telegram" else button.code
                alike = (where.chat, code, who, where.private, where.aside, bool(where.room))
                found[alike] = {**vars(where), "code": code, "who": who}
    return list(found.values())


def place_world(contents: dict[str, Any], mastodon: Stage, meta: Stage) -> None:
    """The networks are as they were at the copy: the same posts, comments and campaigns under the same ids.

    Meta is brought there by the very calls that the desk made then, at the times at which it made them.
    """
    for stage in (mastodon, meta):
        stage.act("reset")
    meta.act("token", token="sandbox-user-token", expires_in=None)
    for handle, remote_id in contents["people"].items():
        mastodon.act("person", **{"as": handle, "id": remote_id})
    for status in contents["mastodon"]:
        mastodon.act("visit/post", **status)
    at = datetime.now(UTC)
    for call in contents["meta"]:
        then = datetime.fromisoformat(call["at"])
        meta.act("clock", advance=(then - at).total_seconds())
        at = then
        answer = requests.request(
            call["method"],
            meta.address + call["path"],
            params=call["query"],
            data=call["body"],
            headers=call["headers"],
            timeout=PATIENCE,
        )
        assert answer.ok, f"{call['path']}: {answer.text}"
    now = datetime.fromisoformat(contents["now"])
    meta.act("clock", advance=(now - at).total_seconds())
    mastodon.act("clock", advance=(now - datetime.now(UTC)).total_seconds())


def reopened(path: Path, contents: dict[str, Any], stages: tuple[Stage, ...]) -> AppBench:
    """This version's desk on the rows of that one: its chats still show the messages that were sent then."""
    desk = AppBench(path, datetime.fromisoformat(contents["now"]), stages)
    for paper in desk.papers.values():
        paper.first = 5000  # above every message that stands there
    for sheet in contents["sheets"]:
        place = Place(chat=sheet["chat"], room=sheet["room"], thread=sheet["thread"])
        known = Sheet(sheet["message_id"], place, sheet["reply_to"], sheet["key"], [Card()])
        desk.papers[sheet["chat"]].sheets.append(known)
    desk.start()
    return desk


def unpacked(fixture: Path, target: Path) -> Path:
    """The SQLite file, at its own revision."""
    target.write_bytes(gzip.decompress((fixture / "desk.db.gz").read_bytes()))
    return target


def contents_of(fixture: Path) -> dict[str, Any]:
    """What is in the desk, as it was noted when it was made."""
    found: dict[str, Any] = json.loads((fixture / "contents.json").read_text())
    return found


def _cards(desk: AppBench) -> Iterator[tuple[Where, Card, str]]:
    """Where each card stands, and who sees it, "" for everybody in the room."""
    for chat, paper in desk.papers.items():
        for sheet in paper.sheets:
            yield Where(chat, sheet.place.room, sheet.message_id, sheet.place.thread), sheet.card, ""
        for actor, card in paper.whispers:
            room = "C0TEAM0001" if chat == "slack" else actor
            yield Where(chat, room, "2", private=chat == "telegram", aside=chat == "slack"), card, actor
        for actor, card in paper.directs:
            yield Where(chat, f"D{actor}" if chat == "slack" else actor, "3", private=True), card, actor
        for actor, card in paper.homes:
            yield Where(chat, ""), card, actor
