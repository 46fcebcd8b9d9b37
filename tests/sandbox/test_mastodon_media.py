"""The pretend Mastodon: uploads, their processing and what is refused."""

from collections.abc import Iterator

import pytest
import requests

from support.mastodon_client import ITALY, Api, error, opened, png
from support.patience import PATIENCE

MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64


@pytest.fixture
def api() -> Iterator[Api]:
    with opened() as api:
        yield api


def test_a_picture_is_ready_at_once_and_served(api: Api) -> None:
    answer = api.upload(description="a red field")
    assert answer.status_code == 200
    media = answer.json()
    assert media["type"] == "image"
    assert media["description"] == "a red field"
    assert media["meta"]["original"]["width"] == 40
    assert requests.get(media["url"], timeout=PATIENCE).content == png()


def test_slow_media_goes_from_202_over_206_to_200(api: Api) -> None:
    api.stage("clock", stopped=True)
    api.stage("settings", media_seconds=60)
    answer = api.upload()
    assert answer.status_code == 202
    assert answer.json()["url"] is None
    path = f"/api/v1/media/{answer.json()['id']}"
    waiting = api.get(path)
    assert (waiting.status_code, waiting.json()["url"]) == (206, None)
    refused = api.post("/api/v1/statuses", json={"status": "x", "media_ids": [answer.json()["id"]]})
    text = "Cannot attach files that have not finished processing. Try again in a moment!"
    assert error(refused) == (422, text)
    api.stage("clock", advance=61)
    assert api.get(path).json()["url"]
    api.publish("x", media_ids=[answer.json()["id"]])


def test_failed_processing_is_told_when_asked(api: Api) -> None:
    api.stage("clock", stopped=True)
    api.stage("settings", media_fails=True, media_seconds=10)
    media = api.upload().json()["id"]
    assert api.get(f"/api/v1/media/{media}").status_code == 206
    api.stage("clock", advance=11)
    assert error(api.get(f"/api/v1/media/{media}")) == (422, "Error processing thumbnail for uploaded media")


def test_other_files_are_refused_by_their_content_and_not_by_their_name(api: Api) -> None:
    text = "Validation failed: File content type is invalid, File is invalid"
    assert error(api.upload(b"just some words")) == (422, text)


def test_a_broken_picture_is_refused(api: Api) -> None:
    answer = api.upload(png()[:20])
    assert error(answer) == (422, "File type of uploaded media could not be verified")


def test_too_many_bytes_or_pixels_are_refused(api: Api) -> None:
    api.stage("settings", image_matrix=1000)
    assert error(api.upload()) == (422, "40x30 images are not supported, must be below 1000 sqpx")
    api.stage("settings", image_size=1024 * 1024)
    text = "must be less than 1 MB"
    padded = png() + b"\x00" * 1024 * 1024
    assert error(api.upload(padded)) == (422, f"Validation failed: File file size {text}, File {text}")


def test_a_missing_file_and_a_long_description_are_refused(api: Api) -> None:
    assert error(api.post("/api/v2/media", data={"description": "x"})) == (
        422,
        "Validation failed: File can't be blank",
    )
    answer = api.upload(description="x" * 1501)
    assert error(answer) == (422, "Validation failed: Description is too long (maximum is 1500 characters)")


def test_a_description_changes_until_the_file_is_attached(api: Api) -> None:
    media = api.upload().json()["id"]
    changed = api.put(f"/api/v1/media/{media}", json={"description": "better", "focus": "0.5,-2"}).json()
    assert changed["description"] == "better"
    assert changed["meta"]["focus"] == {"x": 0.5, "y": -1.0}
    api.publish("x", media_ids=[media])
    assert api.put(f"/api/v1/media/{media}", json={"description": "late"}).status_code == 404
    assert api.get(f"/api/v1/media/{media}").status_code == 404


def test_files_of_others_are_not_found(api: Api) -> None:
    media = api.upload().json()["id"]
    other = Api(api.address, ITALY)
    assert error(other.get(f"/api/v1/media/{media}")) == (404, "Record not found")
    answer = other.post("/api/v1/statuses", json={"status": "x", "media_ids": [media]})
    assert error(answer) == (422, f"Media {media} not found or already attached to another post")


def test_more_than_four_files_and_mixed_kinds_are_refused(api: Api) -> None:
    ids = [api.upload().json()["id"] for _ in range(5)]
    answer = api.post("/api/v1/statuses", json={"status": "x", "media_ids": ids})
    assert error(answer) == (422, "Cannot attach more than 4 files")
    video = api.upload(MP4)
    assert (video.status_code, video.json()["type"]) == (202, "video")
    answer = api.post("/api/v1/statuses", json={"status": "x", "media_ids": [ids[0], video.json()["id"]]})
    assert error(answer) == (422, "Cannot attach a video to a post that already contains images")


def test_a_status_may_consist_of_a_picture_alone(api: Api) -> None:
    media = api.upload().json()["id"]
    answer = api.post("/api/v1/statuses", json={"media_ids": [media]})
    assert answer.json()["content"] == ""


def test_unattached_files_disappear_after_a_day(api: Api) -> None:
    media = api.upload().json()["id"]
    api.stage("clock", advance=86401)
    answer = api.post("/api/v1/statuses", json={"status": "x", "media_ids": [media]})
    assert answer.status_code == 422


def test_a_body_too_large_for_the_web_server_is_refused_in_html(api: Api) -> None:
    session = requests.Session()
    request = requests.Request(
        "POST",
        f"{api.address}/api/v2/media",
        headers=api.headers | {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "200000000"},
    ).prepare()
    request.headers["Content-Length"] = "200000000"
    answer = session.send(request, timeout=PATIENCE)
    assert answer.status_code == 413
    assert answer.headers["Content-Type"].startswith("text/html")


def test_deleting_a_status_frees_its_file_unless_asked_otherwise(api: Api) -> None:
    media = api.upload().json()["id"]
    api.delete(f"/api/v1/statuses/{api.publish('x', media_ids=[media])['id']}")
    again = api.publish("x again", media_ids=[media])
    api.delete(f"/api/v1/statuses/{again['id']}?delete_media=true")
    assert api.get(f"/api/v1/media/{media}").status_code == 404


def test_an_unattached_file_can_be_deleted(api: Api) -> None:
    media = api.upload().json()["id"]
    assert api.delete(f"/api/v1/media/{media}").status_code == 200
    attached = api.upload().json()["id"]
    api.publish("x", media_ids=[attached])
    assert api.delete(f"/api/v1/media/{attached}").status_code == 422
