"""Copies that an earlier version wrote become desks of this one, and this one's copies carry them on."""

from contextlib import closing
from pathlib import Path

import pytest

from models.store import Store
from support.fixture_desk import configured, contents_of
from updates.conftest import DESKS, NOBODY, Older, made, typed

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


def is_the_desk(path: Path, contents: dict[str, object], address: str = "") -> None:
    """It is up to date, stopped, whole, and has what was in it."""
    with closing(Store(address or f"sqlite:///{path.parent / 'data' / 'bottega.db'}")) as store:
        assert store.schema() == "current"
    posts = typed(path, "export", "posts")
    assert posts.count("\n") == len(contents["posts"])  # type: ignore[arg-type]
    for post in contents["posts"].values():  # type: ignore[attr-defined]
        assert post["text"] in posts
    assert '"action": "restored"' in typed(path, "export", "audit")
    comments = typed(path, "export", "comments")
    assert "When do you open?" in comments
    files = {file.name for file in (path.parent / "data" / "media").rglob("*") if file.is_file()}
    assert set(contents["media"]) <= files  # type: ignore[call-overload]


@pytest.mark.parametrize("fixture", DESKS, ids=lambda found: found.name)
def test_a_backup_of_then_is_restored(fixture: Path, tmp_path: Path) -> None:
    path = configured(fixture, tmp_path, NOBODY)
    assert "as they were written" in typed(path, "restore", fixture / "backup.zip")
    is_the_desk(path, contents_of(fixture))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("fixture", DESKS, ids=lambda found: found.name)
def test_an_export_of_then_is_imported(
    fixture: Path, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = request.getfixturevalue("postgres") if kind == "postgresql" else ""
    path = configured(fixture, tmp_path, NOBODY, address)
    assert "as they were written" in typed(path, "import", fixture / "export.zip")
    is_the_desk(path, contents_of(fixture), address)


def test_what_was_updated_is_copied_and_comes_back(older: Older, tmp_path: Path) -> None:
    address = older.copied(tmp_path / "one")
    path = configured(older.fixture, tmp_path / "one", NOBODY, address)
    typed(path, "backup", tmp_path / "copy.zip")
    other = made(address) if address else ""
    back = configured(older.fixture, tmp_path / "two", NOBODY, other)
    assert "as they were written" in typed(back, "restore", tmp_path / "copy.zip")
    is_the_desk(back, older.contents, other)


def test_the_audit_log_of_then_stands_in_the_log_of_now_unchanged(older: Older, tmp_path: Path) -> None:
    path = configured(older.fixture, tmp_path, NOBODY, older.copied(tmp_path))
    lines = typed(path, "export", "audit").splitlines()
    kept = older.contents["audit"]
    assert kept["head"] in lines[kept["entries"] - 1]
