"""One id leads through the log, from what a member pressed in Slack to what the network answered."""

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
from sqlmodel import select

from bot import log
from models.delivery import Delivery
from models.inbound import Inbound
from support.logs import logging_as_it_was
from support.story import Desk

__all__ = ["logging_as_it_was"]
pytestmark = pytest.mark.usefixtures("logging_as_it_was")
Line = dict[str, Any]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    with redirect_stderr(io.StringIO()) as stream:
        log.setup("info", "json", [])
        yield stream


def lines(written: io.StringIO) -> list[Line]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_one_id_leads_from_the_press_in_slack_to_the_networks_answer_and_back(desk: Desk, written: io.StringIO) -> None:
    with desk() as team:
        code = team.approved("Followed all the way")
        team.bruno.slack.press("Publish now", message=team.card(code))
        team.until_card(code, "· Published")
        team.until(lambda: "· Published" in team.tele(code)["text"])
        with team.app.store.read() as session:
            publication = session.exec(
                select(Delivery).where(Delivery.subject == code, Delivery.kind == "publication")
            ).first()
            assert publication is not None
            trace = publication.trace
            [pressed] = session.exec(select(Inbound).where(Inbound.trace == trace)).all()
            followed = session.exec(select(Delivery).where(Delivery.trace == trace)).all()
    assert (pressed.source, len(trace)) == ("slack", 12)
    assert {"publication", "card", "message"} <= {delivery.kind for delivery in followed}

    entries = [line for line in lines(written) if line.get("trace") == trace]
    heard, *_ = [line for line in entries if line["event"] == "heard"]
    assert (heard["source"], heard["verb"], heard["subject"]) == ("slack", "publish", code)
    asked = [line for line in entries if line["event"] == "a network was asked" and line["method"] == "POST"]
    assert {(line["path"], line["status"], line["about"]) for line in asked} == {("/api/v1/statuses", 200, code)}
    assert {line["lane"] for line in asked} == {"account:acme", "account:acme_it"}
    assert all(line["ms"] >= 0 and line["delivery"] for line in asked)
    told = {(line["chat"], line["method"]) for line in entries if line["event"] == "a chat was asked"}
    assert {("slack", "chat.update"), ("telegram", "editMessageText")} <= told


def test_each_message_has_an_id_of_its_own_and_no_line_shows_what_was_written(desk: Desk, written: io.StringIO) -> None:
    with desk() as team:
        code = team.submitted("Nobody reads this in a log")
        with team.app.store.read() as session:
            traces = [row.trace for row in session.exec(select(Inbound)).all()]
            assert len(set(traces)) == len(traces) > 1
            deliveries = session.exec(select(Delivery).where(Delivery.subject == code)).all()
            assert {delivery.trace for delivery in deliveries} <= set(traces)
    assert "Nobody reads" not in written.getvalue()
