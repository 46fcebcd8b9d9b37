"""A desk at work as its watchers see it: health, readiness and metrics over the port that was opened for them."""

import re

import requests

from support.patience import PATIENCE
from support.story import Desk
from support.team import Team

OPEN = {"BOTTEGA_METRICS__ENABLED": "true", "BOTTEGA_METRICS__PORT": "0"}


def page(team: Team, path: str) -> requests.Response:
    assert team.app.watched is not None
    return requests.get(f"http://127.0.0.1:{team.app.watched.port}{path}", timeout=PATIENCE)


def total(text: str, name: str, **labels: str) -> float:
    """The sum of the samples with these labels."""
    found = re.findall(rf"^{name}(?:\{{(.*)\}})? (\S+)$", text, re.MULTILINE)
    wanted = {f'{label}="{value}"' for label, value in labels.items()}
    return sum(float(value) for given, value in found if wanted <= set(given.split(",")))


def test_what_the_team_does_is_seen_in_the_metrics(desk: Desk) -> None:
    with desk(environ=OPEN) as team:
        assert page(team, "/healthz").json() == {"status": "alive"}
        team.until(lambda: page(team, "/readyz").status_code == 200, "a database that answers in time")
        assert "time" in page(team, "/readyz").json()["leads"]
        _, status = team.published("Seen by those who watch")
        team.commented(status, "And commented")
        team.until(lambda: total(page(team, "/metrics").text, "bottega_inbox_lag_seconds_count") >= 2, "both chats")
        text = page(team, "/metrics").text
        for until in ("attempt", "done"):
            seen = {"platform": "mastodon", "kind": "publication", "until": until}
            assert total(text, "bottega_delivery_lateness_seconds_count", **seen) == 2
        assert total(text, "bottega_answers_total", service="mastodon", account="acme", answer="2xx") > 2
        assert total(text, "bottega_answers_total", service="slack", answer="2xx") > 2
        assert total(text, "bottega_answers_total", service="telegram", answer="2xx") > 2
        for chat in ("slack", "telegram"):
            lag = {"platform": "mastodon", "chat": chat}
            assert total(text, "bottega_inbox_lag_seconds_count", **lag) == 1
            assert total(text, "bottega_up", part=chat) == 1
        assert total(text, "bottega_acknowledgement_seconds_count", chat="slack") > 2
        assert total(text, "bottega_process_info", role="all", engine="embedded", database="sqlite") == 1
        for secret in team.app.settings.secrets():
            assert secret not in text
