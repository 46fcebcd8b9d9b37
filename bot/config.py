"""config.toml and the environment become Settings; every fault is named with its line and its cure."""

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import EnvSettingsSource

from bot.settings import Settings

PREFIX = "BOTTEGA_"
#: Variables of ours that are no settings.
NOT_SETTINGS = {"BOTTEGA_CONFIG", "BOTTEGA_NO_SKIPS"}


class ConfigError(Exception):
    """The configuration cannot be used; the text is for the person who wrote it."""


class _Loaded(Settings, BaseSettings):
    """Settings from the file's content, overridden by BOTTEGA_SECTION__KEY or BOTTEGA_SECTION__KEY_FILE."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before what the file says."""
        return _Environment(settings_cls), init_settings


class _Environment(EnvSettingsSource):
    """The environment, where NAME_FILE stands for the content of the file it names (as containers hand in secrets)."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in environment(os.environ).items()}


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Our variables with every _FILE read. Raises ConfigError: unknown section, unreadable file, both forms given."""
    found: dict[str, str] = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        section = name.removeprefix(PREFIX).split("__")[0].lower()
        if section not in Settings.model_fields:
            raise ConfigError(f"{name}: there is no section [{section}]. Sections: {', '.join(Settings.model_fields)}.")
        target = name.removesuffix("_FILE")
        if target in found or (target != name and target in environ):
            raise ConfigError(f"{target} and {target}_FILE are both set; keep one.")
        try:
            found[target] = Path(value).read_text().strip() if target != name else value
        except OSError as error:
            raise ConfigError(f"{name}: {value} cannot be read ({error.strerror}).") from error
    return found


def load(path: Path | None) -> Settings:
    """The settings. Raises ConfigError with one line per fault, each naming its line in the file and the cure."""
    text, content = "", {}
    if path is not None:
        try:
            text = path.read_text()
            content = tomllib.loads(text)
        except OSError as error:
            raise ConfigError(f"{path} cannot be read ({error.strerror}). “bottega init” writes one.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} is no TOML: {error}.") from error
    try:
        return _Loaded(**content)
    except ValidationError as error:
        faults = [_fault(path, text, list(e["loc"]), e["msg"], e["type"]) for e in error.errors()]
        raise ConfigError("\n".join(dict.fromkeys(faults))) from None


def _fault(path: Path | None, text: str, where: list[int | str], message: str, kind: str) -> str:
    """One fault in words: file, line, key, cure. Values are never repeated: they may be secrets."""
    dotted = ".".join(str(part) for part in where)
    line = _line_of(text, [str(part) for part in where])
    place = f"{path}, line {line}: " if path and line else ""
    if kind == "extra_forbidden":
        near = get_close_matches(str(where[-1]), _keys_of(where[:-1]), 1)
        return f"{place}“{dotted}” is no setting." + (f" Did you mean “{near[0]}”?" if near else "")
    return f"{place}“{dotted}”: {message.removeprefix('Value error, ')}."


def _keys_of(where: list[int | str]) -> list[str]:
    """The keys that are allowed at a place of the settings."""
    model: Any = Settings
    for part in where:
        field = getattr(model, "model_fields", {}).get(part)
        kinds = [field.annotation] if field else [model]
        model = next((k for kind in kinds for k in (kind, *get_args(kind)) if hasattr(k, "model_fields")), model)
    return list(getattr(model, "model_fields", {}))


def _line_of(text: str, where: list[str]) -> int:
    """The line of a key, or of the longest part of its path that is written; 0 where none is."""
    table: list[str] = []
    best, depth = 0, 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("["):
            table = [part.strip().strip('"') for part in line.strip("[]").split(".")]
            path = table
        elif "=" in line and not line.startswith("#"):
            path = [*table, *(part.strip().strip('"') for part in line.split("=", 1)[0].split("."))]
        else:
            continue
        plain = [part for part in where if not part.isdecimal()]
        if len(path) > depth and plain[: len(path)] == path:
            best, depth = number, len(path)
    return best
