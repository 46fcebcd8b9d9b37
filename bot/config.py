"""config.toml and the environment become Settings; every fault is named with its line and its cure."""

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError
from pydantic_settings.sources import EnvSettingsSource

from bot.lines import line_of
from bot.settings import Settings

PREFIX = "BOTTEGA_"
#: Variables of ours that are no settings.
NOT_SETTINGS = {"BOTTEGA_CONFIG", "BOTTEGA_NO_SKIPS"}
#: Beside config.toml: secrets as NAME=value, for whoever has no better place for them. The environment wins.
SECRETS_FILE = "secrets.env"

#: What pydantic finds, in words for whoever wrote the file; filled from the error's context.
WORDS = {
    "missing": "is missing",
    "string_type": "must be a text in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "tuple_type": "must be a list in square brackets",
    "path_type": "must be a path in quotes",
    "url_type": "must be an address in quotes",
    "url_parsing": "must be an address like https://social.example",
    "url_scheme": "must be an address like https://social.example",
    "mapping_type": "must be a table in square brackets",
    "dict_type": "must be a table in square brackets",
    "model_type": "must be a table in square brackets",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
}


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
        """What `load` read of the environment goes before what the file says."""
        given = init_settings()
        environ = given.pop("environ")
        return _Environment(settings_cls, environ), _Written(settings_cls, given)


class _Environment(EnvSettingsSource):
    """The environment as `environment` read it."""

    def __init__(self, settings_cls: type[BaseSettings], environ: Mapping[str, str]) -> None:
        self._environ = {name.lower(): value for name, value in environ.items()}
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._environ


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Our variables with every NAME_FILE replaced by what the file it names contains (containers hand secrets in so).

    Raises ConfigError: unknown section, unreadable file, both forms given.
    """
    found: dict[str, str] = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        _check_section(name)
        target = name.removesuffix("_FILE")
        if target in found or (target != name and target in environ):
            raise ConfigError(f"{target} and {target}_FILE are both set; keep one.")
        try:
            found[target] = Path(value).read_text().strip() if target != name else value
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{name}: {value} cannot be read ({_why(error)}).") from error
    return found
