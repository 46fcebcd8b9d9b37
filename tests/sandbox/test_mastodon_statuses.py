"""The pretend Mastodon: publishing, editing, deleting, scheduling."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from support.mastodon_client import ITALY, Api, error, opened
from support.patience import PATIENCE


@pytest.fixture
def api() -> Iterator[Api]:
    with opened() as api:
        yield api


def test_the_same_key_publishes_once_and_gives_the_same_status(api: Api) -> None:
    first = api.publish("hello", key="k")
    assert api.publish("something else", key="k")["id"] == first["id"]
    assert len(api.state()["timeline"]) == 1


def test_the_same_key_at_the_same_moment_publishes_once(api: Api) -> None:
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.append(api.publish("hello", key="k")["id"])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 4
    assert len(set(ids)) == 1


def test_a_key_is_forgotten_after_an_hour(api: Api) -> None:
    first = api.publish("hello", key="k")
    api.stage("clock", advance=3601)
    assert api.publish("hello", key="k")["id"] != first["id"]


def test_a_key_belongs_to_one_account(api: Api) -> None:
    first = api.publish("hello", key="k")
    assert Api(api.address, ITALY).publish("ciao", key="k")["id"] != first["id"]


def test_the_key_of_a_deleted_status_is_not_found(api: Api) -> None:
    status = api.publish("hello", key="k")
    api.delete(f"/api/v1/statuses/{status['id']}")
    answer = api.post("/api/v1/statuses", json={"status": "hello"}, headers={"Idempotency-Key": "k"})
    assert error(answer) == (404, "Record not found")


def test_a_call_dropped_after_acting_is_remembered_by_its_key(api: Api) -> None:
    api.stage("faults", match="POST /api/v1/statuses", kind="drop_after")
    with pytest.raises(requests.ConnectionError):
        api.publish("hello", key="k")
    assert len(api.state()["timeline"]) == 1
    api.publish("hello", key="k")
    assert len(api.state()["timeline"]) == 1


def test_a_call_dropped_before_acting_left_nothing(api: Api) -> None:
    api.stage("faults", match="POST /api/v1/statuses", kind="drop_before")
    with pytest.raises(requests.ConnectionError):
        api.publish("hello", key="k")
    assert api.state()["timeline"] == []


def test_text_beyond_the_limit_is_refused_in_the_servers_words(api: Api) -> None:
    answer = api.post("/api/v1/statuses", json={"status": "x" * 501})
    assert error(answer) == (422, "Validation failed: Text character limit of 500 exceeded")
    answer = api.post("/api/v1/statuses", json={"status": "x" * 499, "spoiler_text": "xx"})
    assert error(answer) == (422, "Validation failed: Text character limit of 500 exceeded")
    api.stage("settings", max_characters=5000)
    api.publish("x" * 5000)


def test_a_long_link_counts_23_characters(api: Api) -> None:
    api.publish("x" * 476 + " https://example.com/" + "y" * 300)
    answer = api.post("/api/v1/statuses", json={"status": "x" * 477 + " https://example.com/"})
    assert answer.status_code == 422


@pytest.mark.parametrize("body", [{}, {"status": ""}, {"status": " \n "}])
def test_an_empty_status_is_refused(api: Api, body: dict[str, str]) -> None:
    assert error(api.post("/api/v1/statuses", json=body)) == (422, "Validation failed: Text can't be blank")


def test_a_form_with_arrays_is_understood_like_json(api: Api) -> None:
    ids = [api.upload().json()["id"] for _ in range(2)]
    answer = api.post("/api/v1/statuses", data={"status": "two", "media_ids[]": ids, "sensitive": "true"})
    assert [m["id"] for m in answer.json()["media_attachments"]] == ids
    assert answer.json()["sensitive"]


def test_answering_what_is_not_there_is_refused(api: Api) -> None:
    answer = api.post("/api/v1/statuses", json={"status": "yes", "in_reply_to_id": "1"})
    assert error(answer) == (404, "The post you are trying to reply to does not appear to exist.")


def test_an_unknown_visibility_is_refused(api: Api) -> None:
    answer = api.post("/api/v1/statuses", json={"status": "yes", "visibility": "everyone"})
    assert error(answer) == (422, "Validation failed: Visibility is not included in the list")


def test_unknown_parameters_are_ignored_but_noted(api: Api) -> None:
    api.publish("hello", content_type="text/markdown")
    log = requests.get(f"{api.address}/_/requests", params={"match": "POST /api/v1/statuses"}, timeout=PATIENCE).json()
    assert log[-1]["unknown"] == ["content_type"]


def test_an_edit_replaces_the_text_and_keeps_the_history(api: Api) -> None:
    status = api.publish("first")
    edited = api.put(f"/api/v1/statuses/{status['id']}", json={"status": "second"}).json()
    assert edited["edited_at"]
    assert "second" in edited["content"]
    history = api.get(f"/api/v1/statuses/{status['id']}/history").json()
    assert ["first" in v["content"] for v in history] == [True, False]
    assert api.get(f"/api/v1/statuses/{status['id']}/source").json()["text"] == "second"


def test_an_edit_without_media_ids_removes_the_media(api: Api) -> None:
    media = api.upload().json()["id"]
    status = api.publish("with picture", media_ids=[media])
    kept = api.put(f"/api/v1/statuses/{status['id']}", json={"status": "edited", "media_ids": [media]}).json()
    assert len(kept["media_attachments"]) == 1
    bare = api.put(f"/api/v1/statuses/{status['id']}", json={"status": "edited again"}).json()
    assert bare["media_attachments"] == []


def test_an_edit_describes_the_media_anew(api: Api) -> None:
    media = api.upload(description="old").json()["id"]
    status = api.publish("with picture", media_ids=[media])
    form = {
        "status": "x",
        "media_ids[]": media,
        "media_attributes[][id]": media,
        "media_attributes[][description]": "new",
    }
    edited = api.put(f"/api/v1/statuses/{status['id']}", data=form).json()
    assert edited["media_attachments"][0]["description"] == "new"


def test_an_edit_that_changes_nothing_is_none(api: Api) -> None:
    status = api.publish("same")
    assert api.put(f"/api/v1/statuses/{status['id']}", json={"status": "same"}).json()["edited_at"] is None


def test_deleting_gives_the_source_back_and_deleting_again_finds_nothing(api: Api) -> None:
    status = api.publish("hello & goodbye")
    assert api.delete(f"/api/v1/statuses/{status['id']}").json()["text"] == "hello & goodbye"
    assert error(api.delete(f"/api/v1/statuses/{status['id']}")) == (404, "Record not found")


def test_somebody_elses_status_can_be_neither_edited_nor_deleted(api: Api) -> None:
    path = f"/api/v1/statuses/{api.publish('mine')['id']}"
    other = Api(api.address, ITALY)
    assert other.put(path, json={"status": "yours"}).status_code == 404
    assert other.delete(path).status_code == 404


def test_a_thread_is_read_in_order(api: Api) -> None:
    first = api.publish("1")
    second = api.publish("2", in_reply_to_id=first["id"])
    third = api.publish("3", in_reply_to_id=second["id"])
    context = api.get(f"/api/v1/statuses/{second['id']}/context").json()
    assert [s["id"] for s in context["ancestors"]] == [first["id"]]
    assert [s["id"] for s in context["descendants"]] == [third["id"]]


@pytest.mark.parametrize(
    ("act", "undo", "field"),
    [("favourite", "unfavourite", "favourited"), ("bookmark", "unbookmark", "bookmarked"), ("mute", "unmute", "muted")],
)
def test_an_act_and_its_undoing_may_be_repeated(api: Api, act: str, undo: str, field: str) -> None:
    path = f"/api/v1/statuses/{api.publish('hello')['id']}"
    assert [api.post(f"{path}/{a}").json()[field] for a in (act, act, undo, undo)] == [True, True, False, False]


def test_a_reblog_wraps_the_original_and_is_taken_back(api: Api) -> None:
    path = f"/api/v1/statuses/{api.publish('hello')['id']}"
    first, again = (api.post(f"{path}/reblog").json() for _ in range(2))
    assert first["id"] == again["id"]
    assert first["reblog"]["reblogged"]
    assert not api.post(f"{path}/unreblog").json()["reblogged"]


def test_a_direct_status_is_not_reblogged(api: Api) -> None:
    path = f"/api/v1/statuses/{api.publish('psst', visibility='direct')['id']}"
    assert error(api.post(f"{path}/reblog")) == (403, "This action is not allowed")


def test_a_scheduled_status_waits_moves_and_appears(api: Api) -> None:
    later = datetime.now(UTC) + timedelta(minutes=10)
    media = api.upload().json()["id"]
    waiting = api.publish("later", scheduled_at=later.isoformat(), media_ids=[media])
    assert "uri" not in waiting
    assert api.state()["timeline"] == []
    path = f"/api/v1/scheduled_statuses/{waiting['id']}"
    api.put(path, json={"scheduled_at": (later + timedelta(minutes=10)).isoformat()})
    api.stage("clock", advance=900)
    assert api.state()["timeline"] == []
    api.stage("clock", advance=400)
    published = api.state()["timeline"][0]
    assert published["text"] == "later"
    assert [m["id"] for m in published["media"]] == [media]
    assert api.get(path).status_code == 404


def test_a_scheduled_status_can_be_taken_away(api: Api) -> None:
    waiting = api.publish("later", scheduled_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    assert len(api.get("/api/v1/scheduled_statuses").json()) == 1
    api.delete(f"/api/v1/scheduled_statuses/{waiting['id']}")
    assert api.get("/api/v1/scheduled_statuses").json() == []


def test_less_than_five_minutes_ahead_is_refused_and_the_past_is_now(api: Api) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=2)
    answer = api.post("/api/v1/statuses", json={"status": "soon", "scheduled_at": soon.isoformat()})
    assert error(answer) == (422, "Validation failed: Scheduled at date must be in the future")
    assert "uri" in api.publish("now", scheduled_at=(soon - timedelta(hours=1)).isoformat())
