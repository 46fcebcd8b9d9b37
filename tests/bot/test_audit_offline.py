"""A stranger verifies an exported log with the few lines of Python in docs/audit-log.md, and nothing of our code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.audit_keys import AuditKeys
from bot.cli import cli
from models.audit import append
from models.store import Store
from support.audit_writers import entry, settings
from support.kept import folder_of

pytestmark = pytest.mark.usefixtures("logging_as_it_was")
PAGE = Path(__file__).parents[2] / "docs" / "audit-log.md"


@pytest.fixture
def exported(tmp_path: Path) -> tuple[list[str], str]:
    """The lines of a log with old entries and sealed ones, and the secret as a person reads it in audit.key."""
    from datetime import UTC, datetime

    folder = folder_of(tmp_path)
    keys = AuditKeys(settings(folder / "data"))
    store = Store(settings(folder / "data").database_url, ring=keys.ring)
    store.migrate()
    for number in range(5):
        if number == 2:
            keys.ready(store, datetime(2026, 11, 30, 9, 0, 0, 123456, tzinfo=UTC))
        with store.write() as session:
            written = entry(f"deed “{number}”\n\u2028 🧁")
            written.before = {"z": None, "a": [1.5, True, {"ü": '\x01"\\/'}]}
            append(session, written)
    store.close()
    result = CliRunner().invoke(cli, ["export", "audit", "-c", str(folder / "config.toml")])
    assert result.exit_code == 0, result.output
    [line] = [line for line in (folder / "data" / "audit.key").read_text().splitlines() if line.startswith("key ")]
    return result.stdout.rstrip("\n").split("\n"), line.split(" ")[1]


def checked(lines: list[str], secret: str, folder: Path) -> str:
    """What the page's own program says, in a process that cannot see ours."""
    [program] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (folder / "check.py").write_text(program)
    command = [sys.executable, "-I", str(folder / "check.py"), secret]
    told = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=False)
    assert (told.returncode == 0) == (told.stderr == "")
    return told.stderr.strip().rpartition("\n")[2]


def test_a_whole_log_is_found_whole(exported: tuple[list[str], str], tmp_path: Path) -> None:
    lines, secret = exported
    assert len(lines) == 6
    assert checked(lines, secret, tmp_path) == ""


@pytest.mark.parametrize(
    ("line", "old", "new", "said"),
    [
        (1, '"Ada"', '"Eve"', "entry 2 was altered"),
        (4, '"Ada"', '"Eve"', "entry 5 was altered"),
        (4, '"id": 5', '"id": 7', "entry 7 was altered"),
        (4, '"seal": "', '"seal": "0', "entry 5 is forged"),
        (4, "", None, "entry 6 does not follow the one before"),
    ],
)
def test_what_was_changed_is_found(
    exported: tuple[list[str], str], tmp_path: Path, line: int, old: str, new: str | None, said: str
) -> None:
    lines, secret = exported
    if new is None:
        del lines[line]
    else:
        assert old in lines[line]
        lines[line] = lines[line].replace(old, new)
    assert said in checked(lines, secret, tmp_path)
