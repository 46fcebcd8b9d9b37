"""The pretend Meta's Pages: videos in one piece and in chunks, reels and stories through rupload."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from support.meta_client import PAGE, PAGE_TOKEN, USER, Graph, Shelf, film, opened, refusal
from support.patience import PATIENCE
from support.platform_running import running


@pytest.fixture
def graph() -> Iterator[Graph]:
    with opened() as graph:
        yield graph


def status(graph: Graph, video: str) -> Any:
    """How far a video is."""
    return graph.get(video, fields="status")["status"]


def brought(address: str, data: bytes, token: str = PAGE_TOKEN, **headers: str) -> requests.Response:
    """Bytes brought to rupload."""
    told = {"Authorization": f"OAuth {token}", "offset": "0", "file_size": str(len(data))} | headers
    return requests.post(address, data=data, headers=told, timeout=PATIENCE)


def begun(graph: Graph, edge: str = "video_reels") -> tuple[str, str]:
    """A reel (or video story) that waits for its bytes: id and upload address."""
    answer = graph.post(f"{PAGE}/{edge}", upload_phase="start")
    return answer["video_id"], answer["upload_url"]


def test_a_video_in_one_piece_becomes_a_post(graph: Graph) -> None:
    file = {"source": ("a.mp4", film(), "video/mp4")}
    video = graph.post(f"{PAGE}/videos", files=file, description="Look", title="T")["id"]
    read = graph.get(video, fields="status,published,post_id,permalink_url,description,title")
    assert read["status"]["video_status"] == "ready"
    assert read["status"]["publishing_phase"]["publish_status"] == "published"
    assert (read["published"], read["description"], read["title"]) == (True, "Look", "T")
    post = graph.get(f"{PAGE}/published_posts", fields="message,attachments{media_type,target}")["data"][0]
    assert post["id"] == f"{PAGE}_{read['post_id']}"
    assert post["attachments"]["data"][0]["target"]["id"] == video


def test_a_video_is_fetched_from_an_address(graph: Graph) -> None:
    with running(Shelf({"a.mp4": ("video/mp4", film())})) as shelf:
        video = graph.post(f"{PAGE}/videos", file_url=f"{shelf}/a.mp4")["id"]
    assert status(graph, video)["video_status"] == "ready"


def test_chunks_come_in_order_until_all_is_there(graph: Graph) -> None:
    data = film(2_500_000)
    begun = graph.post(f"{PAGE}/videos", upload_phase="start", file_size=len(data))
    video, session = begun["video_id"], begun["upload_session_id"]
    at, end = int(begun["start_offset"]), int(begun["end_offset"])
    early = graph.post(f"{PAGE}/videos", upload_phase="finish", upload_session_id=session)
    assert refusal(early) == (6001, 1363030)
    while at < end:
        answer = graph.post(
            f"{PAGE}/videos", files={"video_file_chunk": ("c", data[at:end], "application/octet-stream")},
            upload_phase="transfer", upload_session_id=session, start_offset=at,
        )  # fmt: skip
        at, end = int(answer["start_offset"]), int(answer["end_offset"])
    finish = {"upload_phase": "finish", "upload_session_id": session, "description": "Long"}
    assert graph.post(f"{PAGE}/videos", **finish) == {"success": True}
    assert graph.get(video, fields="description,published")["published"] is True
    assert requests.get(graph.get(video, fields="source")["source"], timeout=PATIENCE).content == data
    assert refusal(graph.post(f"{PAGE}/videos", **finish)) == (6000, 1363047)


def test_a_chunk_at_the_wrong_place_is_refused_with_the_right_one(graph: Graph) -> None:
    begun = graph.post(f"{PAGE}/videos", upload_phase="start", file_size=100)
    answer = graph.post(
        f"{PAGE}/videos", files={"video_file_chunk": ("c", b"x" * 10, "application/octet-stream")},
        upload_phase="transfer", upload_session_id=begun["upload_session_id"], start_offset=50,
    )  # fmt: skip
    assert refusal(answer) == (6001, 1363037)
    assert answer["error"]["error_data"] == {"start_offset": "0", "end_offset": "100"}


def test_processing_takes_time_by_the_clock(graph: Graph) -> None:
    graph.stage("clock", stopped=True)
    graph.stage("settings", video_seconds=60)
    video = graph.post(f"{PAGE}/videos", files={"source": ("a.mp4", film(), "video/mp4")})["id"]
    told = status(graph, video)
    assert (told["video_status"], told["processing_phase"]["status"]) == ("processing", "in_progress")
    assert graph.get(f"{PAGE}/published_posts")["data"] == []
    graph.advance(61)
    assert status(graph, video)["video_status"] == "ready"
    assert len(graph.get(f"{PAGE}/published_posts")["data"]) == 1


def test_what_is_no_video_fails_in_processing(graph: Graph) -> None:
    video = graph.post(f"{PAGE}/videos", files={"source": ("a.mp4", b"words", "video/mp4")})["id"]
    told = status(graph, video)
    assert (told["video_status"], told["processing_phase"]["status"]) == ("error", "error")
    assert graph.get(f"{PAGE}/published_posts")["data"] == []


def test_a_reel_is_started_brought_and_finished(graph: Graph) -> None:
    video, address = begun(graph)
    assert status(graph, video)["video_status"] == "uploading"
    assert brought(address, film()).json() == {"success": True}
    answer = graph.post(
        f"{PAGE}/video_reels", upload_phase="FINISH", video_id=video, video_state="PUBLISHED", description="Reel"
    )
    assert answer["success"] is True
    assert graph.get(f"{PAGE}/video_reels", fields="description")["data"] == [{"description": "Reel", "id": video}]
    assert graph.get(f"{PAGE}/published_posts")["data"][0]["message"] == "Reel"
    again = graph.post(f"{PAGE}/video_reels", upload_phase="FINISH", video_id=video, video_state="PUBLISHED")
    assert refusal(again) == (100, 0)


def test_a_reel_may_be_fetched_or_come_in_parts(graph: Graph) -> None:
    video, address = begun(graph)
    with running(Shelf({"a.mp4": ("video/mp4", film())})) as shelf:
        assert brought(address, b"", file_url=f"{shelf}/a.mp4").json() == {"success": True}
    assert status(graph, video)["uploading_phase"]["status"] == "complete"
    video, address = begun(graph)
    data = film(100)
    part = brought(address, data[:60], file_size="100")
    assert part.json()["error"]["type"] == "PartialRequestError"
    assert brought(address, data, file_size="100").json()["error"]["type"] == "OffsetInvalidError"
    assert status(graph, video)["uploading_phase"]["bytes_transfered"] == 60
    assert brought(address, data[60:], offset="60", file_size="100").json() == {"success": True}


def test_the_phases_of_a_reel_keep_their_order_and_their_token(graph: Graph) -> None:
    video, address = begun(graph)
    finish = {"upload_phase": "FINISH", "video_id": video, "video_state": "PUBLISHED"}
    assert refusal(graph.post(f"{PAGE}/video_reels", **finish)) == (6000, 1363047)
    assert refusal(brought(address, film(), "wrong").json()) == (190, 0)
    assert refusal(brought(address, film(), USER).json()) == (190, 0)
    assert refusal(requests.post(address, data=film(), timeout=PATIENCE).json()) == (190, 0)
    assert refusal(graph.post(f"{PAGE}/video_reels", upload_phase="HALF")) == (100, 0)


def test_a_reel_is_scheduled_or_stays_a_draft(graph: Graph) -> None:
    video, address = begun(graph)
    brought(address, film())
    at = int(graph.now()) + 3600
    finish = {"upload_phase": "finish", "video_id": video, "video_state": "SCHEDULED"}
    assert refusal(graph.post(f"{PAGE}/video_reels", **finish)) == (100, 0)
    graph.post(f"{PAGE}/video_reels", **finish, scheduled_publish_time=at)
    assert status(graph, video)["publishing_phase"]["publish_status"] == "scheduled"
    graph.advance(3601)
    assert status(graph, video)["publishing_phase"]["publish_status"] == "published"
    draft, address = begun(graph)
    brought(address, film())
    graph.post(f"{PAGE}/video_reels", upload_phase="finish", video_id=draft, video_state="DRAFT")
    assert status(graph, draft)["publishing_phase"]["publish_status"] == "draft"
    assert len(graph.get(f"{PAGE}/video_reels")["data"]) == 1


def test_reels_of_a_day_are_counted(graph: Graph) -> None:
    graph.stage("settings", reels_a_day=2)
    for _ in range(2):
        begun(graph)
    assert refusal(graph.post(f"{PAGE}/video_reels", upload_phase="start")) == (368, 1390008)
    graph.advance(86_401)
    assert begun(graph)


def test_a_video_story_is_listed_once_it_is_ready(graph: Graph) -> None:
    graph.stage("clock", stopped=True)
    graph.stage("settings", video_seconds=30)
    video, address = begun(graph, "video_stories")
    brought(address, film())
    made = graph.post(f"{PAGE}/video_stories", upload_phase="finish", video_id=video)
    assert graph.get(f"{PAGE}/stories")["data"] == []
    graph.advance(31)
    row = graph.get(f"{PAGE}/stories")["data"][0]
    assert (row["post_id"], row["media_id"], row["media_type"]) == (str(made["post_id"]), video, "video")
    assert graph.get(f"{PAGE}/published_posts")["data"] == []


def test_a_deleted_video_takes_its_post_along(graph: Graph) -> None:
    video = graph.post(f"{PAGE}/videos", files={"source": ("a.mp4", film(), "video/mp4")})["id"]
    assert graph.delete(video) == {"success": True}
    assert graph.get(f"{PAGE}/published_posts")["data"] == []
