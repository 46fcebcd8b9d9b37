"""config.example.toml loads, and no setting is missing from it or stands there with another default."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from bot import config
from bot.settings import Settings
from platforms.registry import addresses

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
#: Sections of examples: what stands there is nobody's default.
INVENTED = {"accounts", "apps", "members"}
#: The same, within a section.
EXAMPLES = {("boosts", "presets")}


def uncommented(text: str) -> str:
    """The text with every setting that stands there as a remark."""
    return re.sub(r"^#(?=[a-z_]+ = )", "", text, flags=re.MULTILINE)


def settings_in(model: type[BaseModel], *path: str) -> Iterator[tuple[str, ...]]:
    """Every setting as its path, of apps, accounts, presets and members without a name or number."""
    for name, field in model.model_fields.items():
        kinds = (field.annotation, *get_args(field.annotation))
        section = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        if section is None:
            yield (*path, name)
        else:
            yield from settings_in(section, *path, name)


def written_in(table: Mapping[str, Any], *path: str) -> Iterator[tuple[str, ...]]:
    """Every setting of a table, in the same form."""
    for name, value in table.items():
        if isinstance(value, dict) and name != "options":
            yield from written_in(value, *path, name)
        else:
            yield (*path, name)


def test_it_loads_as_it_stands_and_with_every_remark_taken_for_a_setting(tmp_path: Path) -> None:
    for text in (EXAMPLE.read_text(), uncommented(EXAMPLE.read_text()).replace("…", "abc")):
        (tmp_path / "config.toml").write_text(text)
        settings = config.load(tmp_path / "config.toml", addresses(), {})
        assert settings.accounts["acme"].platform == "mastodon"


def test_no_setting_is_missing_from_it_and_none_is_invented() -> None:
    content = tomllib.loads(uncommented(EXAMPLE.read_text()))
    content["accounts"], content["members"] = content["accounts"]["acme"], content["members"][0]
    (content["apps"],) = content["apps"].values()
    (content["boosts"]["presets"],) = content["boosts"]["presets"].values()
    del content["accounts"]["policy"]  # the same as [policy]
    wanted = {path for path in settings_in(Settings) if path[:2] != ("accounts", "policy")}
    assert set(written_in(content)) == wanted


@pytest.mark.parametrize("section", [name for name in Settings.model_fields if name not in INVENTED])
def test_what_stands_in_it_is_the_default(section: str) -> None:
    written: Mapping[str, Any] = tomllib.loads(EXAMPLE.read_text())[section]
    default = getattr(Settings(), section)
    for name, value in written.items():
        if (section, name) in EXAMPLES:
            continue
        assert type(default).model_validate({name: value}) == default, f"[{section}] {name}"
