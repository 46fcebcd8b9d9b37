"""What is measured, and that the dashboard and the rules know exactly that."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copy

import pytest
from sqlmodel import select

from bot.gauges import MOST
from bot.metrics import Metrics
from bot.settings import AccountSettings, Settings
from models.account import Account
from models.delivery import Delivery, DeliveryState
from models.inbound import Inbound, InboundState
from models.store import Store
from support.bench import START
from support.plans import explained

DEPLOY = Path(__file__).parents[2] / "deploy"
NAMES = re.compile(r"\b(?:bottega|process)_[a-z_]+")
ACME = {"acme": AccountSettings(platform="mastodon", base_url="http://127.0.0.1:1")}


@pytest.fixture
def address(migrated: Path, tmp_path: Path) -> str:
    copy(migrated, tmp_path / "desk.db")
    return f"sqlite:///{tmp_path / 'desk.db'}"


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    made = Store(address)
    made.migrate()
    with made.write() as session:
        session.add(Account(name="acme", platform="mastodon", expires_at=START + timedelta(days=3)))
    yield made
    made.close()


@pytest.fixture
def metrics(store: Store) -> Metrics:
    return Metrics(
        Settings(accounts=ACME),
        store,
        lambda: START,
        role="all",
        health=lambda: {"slack": "connected", "acme": "no access"},
        duties=lambda: {"time": True},
    )


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def names(metrics: Metrics) -> set[str]:
    """Every metric, as queries name it."""
    kinds = {"histogram": ("_bucket",), "counter": ("_total",)}
    families = list(metrics.registry.collect())
    return {family.name + end for family in families for end in kinds.get(family.type, ("",))}


def test_every_metric_has_a_panel_and_every_panel_and_rule_its_metric(metrics: Metrics) -> None:
    dashboard = json.loads((DEPLOY / "grafana" / "bottega.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    drawn = set(NAMES.findall("\n".join(asked)))
    rules = (DEPLOY / "prometheus" / "alerts.yml").read_text()
    judged = set(NAMES.findall("\n".join(re.findall(r"expr: (.*)", rules))))
    known = names(metrics)
    assert drawn <= known
    assert judged <= known
    assert {name for name in known if name.startswith("bottega")} <= drawn


def test_the_dashboard_can_be_imported() -> None:
    dashboard = json.loads((DEPLOY / "grafana" / "bottega.json").read_text())
    assert dashboard["__inputs"][0]["name"] == "DS_PROMETHEUS"
    assert dashboard["schemaVersion"] >= 36
    assert dashboard["id"] is None
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [(cell, panel["title"]) for panel in panels for cell in cells(panel["gridPos"])]
    assert len({cell for cell, _ in taken}) == len(taken), "panels lie on each other"
    assert all(panel["datasource"]["uid"] == "${DS_PROMETHEUS}" for panel in panels if panel["type"] != "row")


def test_comments_set_aside_of_several_accounts_are_one_sample(metrics: Metrics, store: Store) -> None:
    broken = {"state": InboundState.BROKEN.value, "due_at": START, "received_at": START, "body": {}}
    with store.write() as session:
        for number, source in enumerate(("account:acme", "account:acme", "account:beta")):
            session.add(Inbound(source=source, event_id=str(number), **broken))  # type: ignore[arg-type]
    samples = [sample for family in metrics.registry.collect() for sample in family.samples]
    labels = [(sample.name, *sorted(sample.labels.items())) for sample in samples]
    assert len(set(labels)) == len(labels), "Prometheus takes only one of the same name and labels"
    assert value(metrics, "bottega_inbound", source="account", state="broken") == 3


def cells(at: dict[str, int]) -> list[tuple[int, int]]:
    return [(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])]


def delivery(state: DeliveryState = DeliveryState.WAITING, **more: object) -> Delivery:
    given = {"kind": "publication", "lane": "account:acme", "due_at": START, "created_at": START, **more}
    return Delivery.model_validate({"state": state.value, "payload": {}, **given})


def test_the_queue_is_counted_by_state_and_the_oldest_is_known(metrics: Metrics, store: Store) -> None:
    late = START - timedelta(minutes=5)
    with store.write() as session:
        session.add_all([delivery(due_at=late), delivery(due_at=START + timedelta(days=1))])
        session.add(delivery(due_at=START + timedelta(minutes=3), meant_at=START - timedelta(hours=1)))
        session.add(delivery(DeliveryState.UNSURE, finished_at=START - timedelta(minutes=2)))
        session.add(Inbound(source="slack", event_id="1", body={}, due_at=late, received_at=late))
        broken = {"state": InboundState.BROKEN.value, "due_at": START, "received_at": START}
        session.add(Inbound(source="account:acme", event_id="2", body={}, **broken))  # type: ignore[arg-type]
    assert value(metrics, "bottega_queue", state="due") == 1
    assert value(metrics, "bottega_queue", state="scheduled") == 2
    assert value(metrics, "bottega_queue", state="unsure") == 1
    assert value(metrics, "bottega_oldest_due_seconds") == 3600, "what attempts have moved counts from its hour"
    assert value(metrics, "bottega_oldest_unsure_seconds") == 120
    assert value(metrics, "bottega_inbound", source="slack", state="new") == 1
    assert value(metrics, "bottega_inbound", source="account", state="broken") == 1
    assert value(metrics, "bottega_oldest_inbound_seconds") == 300
    assert value(metrics, "bottega_token_days_left", account="acme") == 3
    assert value(metrics, "bottega_ads_access", account="acme") == 1
    assert value(metrics, "bottega_up", part="acme") == 0
    assert value(metrics, "bottega_duty", duty="time") == 1


def test_looking_costs_a_bounded_number_of_indexed_rows_and_is_not_repeated_at_once(
    metrics: Metrics, store: Store
) -> None:
    with explained() as steps:
        list(metrics.registry.collect())
        asked = len(steps)
        list(metrics.registry.collect())
    assert len(steps) == asked > 0, "the last answer serves for some seconds"
    scans = [step for _, step in steps if step.startswith("SCAN") and "INDEX" not in step]
    assert {scan.split()[1] for scan in scans} <= {"account", "(subquery", "anon_1", "CONSTANT", "alert"}
    counts = [statement for statement, _ in steps if "count(" in statement]
    assert counts
    assert all("LIMIT" in statement for statement in counts)
    assert MOST == 10_000


def test_postgresql_answers_the_same_questions(migrated_postgres: str) -> None:
    store = Store(migrated_postgres)
    with store.write() as session:
        session.add(delivery(due_at=START - timedelta(minutes=5), meant_at=START - timedelta(minutes=6)))
        session.add(Inbound(source="slack", event_id="1", body={}, due_at=START, received_at=START))
    metrics = Metrics(Settings(), store, lambda: START, role="all")
    assert value(metrics, "bottega_queue", state="due") == 1
    assert value(metrics, "bottega_oldest_due_seconds") == 360
    assert value(metrics, "bottega_inbound", source="slack", state="new") == 1
    assert value(metrics, "bottega_process_info", role="all", engine="embedded", database="postgresql") == 1
    store.close()


def test_a_database_that_is_away_is_a_metric_too() -> None:
    away = Store("postgresql://nobody@127.0.0.1:1/nothing")
    metrics = Metrics(Settings(), away, lambda: START, role="all")
    assert value(metrics, "bottega_database_up") == 0
    assert value(metrics, "bottega_queue", state="due") is None
    away.close()


def test_lateness_counts_from_the_hour_that_was_meant_until_the_first_attempt_and_until_done(
    metrics: Metrics,
) -> None:
    def seconds(until: str) -> float | None:
        labels = {"platform": "mastodon", "kind": "publication", "until": until}
        return value(metrics, "bottega_delivery_lateness_seconds_sum", **labels)

    row = delivery(due_at=START - timedelta(seconds=40))
    row.claim("w", START)
    metrics.seen("claimed", row)
    assert (seconds("attempt"), seconds("done")) == (40, None)
    row.postpone("Unreachable", "", START - timedelta(seconds=1))
    row.claim("w", START)
    metrics.seen("claimed", row)
    row.deliver({}, START)
    metrics.seen(row.state, row)
    assert (seconds("attempt"), seconds("done")) == (40, 40)


def test_the_first_death_and_the_first_failure_are_an_increase(metrics: Metrics) -> None:
    assert value(metrics, "bottega_lease_reaps_total", platform="mastodon") == 0
    failed = {"platform": "mastodon", "kind": "publication", "end": "failed"}
    assert value(metrics, "bottega_deliveries_total", **failed) == 0


def test_answers_are_counted_by_what_they_mean(metrics: Metrics) -> None:
    watch = metrics.watch_account("acme")
    for status in (200, 202, 429, 503, 0):
        watch(status, 0.2)
    found = {
        answer: value(metrics, "bottega_answers_total", service="mastodon", account="acme", answer=answer)
        for answer in ("2xx", "429", "5xx", "none")
    }
    assert found == {"2xx": 2, "429": 1, "5xx": 1, "none": 1}


def test_desks_in_one_process_count_for_themselves(metrics: Metrics, store: Store) -> None:
    other = Metrics(Settings(accounts=ACME), store, lambda: START, role="desk")
    other.acknowledged("slack", 0.1)
    assert value(metrics, "bottega_acknowledgement_seconds_count", chat="slack") is None
    assert value(other, "bottega_acknowledgement_seconds_count", chat="slack") == 1


def test_a_worker_says_of_the_database_only_whether_it_answers(store: Store) -> None:
    worker = Metrics(Settings(accounts=ACME), store, lambda: START, role="worker")
    assert value(worker, "bottega_database_up") == 1
    assert value(worker, "bottega_queue", state="due") is None
    with store.read() as session:
        assert session.exec(select(Account.name)).all() == ["acme"]
