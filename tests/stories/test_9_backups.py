"""The machine is lost, and the desk comes back from last night's copy: nothing that went out since goes out again."""

import subprocess
import sys
from pathlib import Path

from sqlmodel import select

from models.delivery import Delivery, DeliveryState
from support.story import Desk
from support.team import Team, newest
from support.world import World

#: Seconds in which what was doubted is looked up.
NOT_LONG = 60.0


def typed(world: World, *words: str) -> None:
    """A command that succeeds, in a process of its own."""
    command = [sys.executable, "-c", "from bot.cli import main; main()", *words]
    result = subprocess.run(
        [*command, "-c", str(world.folder / "config.toml")], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def nothing_is_unsure(team: Team) -> bool:
    with team.app.store.read() as session:
        return session.exec(select(Delivery.id).where(Delivery.state == DeliveryState.UNSURE)).first() is None


def test_a_desk_restored_from_a_copy_finds_what_left_since_and_waits_for_the_resume(
    world: World, desk: Desk, tmp_path: Path
) -> None:
    copy = str(tmp_path / "copy.zip")
    with desk() as team:
        gone, planned = team.approved("Out since the copy"), team.approved("Still to come")
        for code in (gone, planned):
            team.bruno.slack.say("dm", f"schedule {code} in 5 hours")
            team.until_thread(code, f"Bruno scheduled {code}")
        typed(world, "backup", copy)
        team.bruno.slack.press("Publish now", message=team.card(gone))
        team.until(lambda: team.on_network("Out since the copy") or None)
    typed(world, "restore", "--replace", copy)
    with desk() as team:
        team.until(lambda: newest(team.bruno.slack, "review", "I was restored from a copy"), timeout=NOT_LONG)
        team.until_thread(gone, f"{gone} stands on", timeout=NOT_LONG)
        assert len(team.on_network("Out since the copy")) == 1
        team.until(lambda: nothing_is_unsure(team), timeout=NOT_LONG)
        team.bruno.slack.say("dm", f"publish {planned}")
        team.until(lambda: newest(team.bruno.slack, "dm", "was stopped by"))
        team.bruno.slack.say("dm", "resume everything")
        team.until(lambda: newest(team.bruno.slack, "review", "Bruno resumes everything"))
        team.bruno.slack.say("dm", f"publish {planned}")
        team.until(lambda: team.on_network("Still to come") or None, timeout=NOT_LONG)
        assert len(team.on_network("Out since the copy")) == 1
