"""config.toml and the environment become Settings; every fault is named with its line and its cure."""

import json
import math
import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError
from pydantic_settings.sources import EnvSettingsSource

from bot import secretsfile
from bot.faults import Fault
from bot.lines import line_of, overwhelming
from bot.settings import Settings
from bot.textfile import read_text
from platforms.contract import DEEPEST, MOST_DIGITS, clean

PREFIX = "BOTTEGA_"
#: Variables of ours that are no settings.
NOT_SETTINGS = {"BOTTEGA_CONFIG", "BOTTEGA_NO_SKIPS"}
#: What pydantic finds, in words for whoever wrote the file; filled from the error's context.
WORDS = {
    "missing": "is missing",
    "string_type": "must be a text in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a whole number, and a shorter one",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "finite_number": "must be a number",
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


#: Characters of a path that are repeated; keys that name a place, of one that is nested too deep.
LONGEST_SHOWN, NAMED = 200, 3
#: What a parser says no more of than that it gave up.
OVERWHELMED = "is nested deeper, or has a longer number, than any setting"


class ConfigError(Fault):
    """The configuration cannot be used; the text is for the person who wrote it."""

    def __init__(self, text: str) -> None:
        """`text` may repeat what was written, which no terminal has to be able to show."""
        super().__init__(clean(text))


def load(path: Path, platforms: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings: what `path` says, then what secrets.env beside it says, then what the environment says.

    `platforms`: the networks there are, each with the address its accounts have when they name none ("" for none).
    Relative paths count from the folder of `path`.

    Raises ConfigError with one line per fault, each naming its line in the file (or its variable) and the cure.
    """
    text, content = _read(path)
    try:
        secrets = secretsfile.read(path.parent / secretsfile.NAME)
    except secretsfile.Unreadable as error:
        raise ConfigError(str(error)) from error
    except OSError as error:
        raise ConfigError(f"{path.parent / secretsfile.NAME} cannot be read ({error.strerror}).") from error
    variables = {**environment(secrets), **environment(environ)}
    given = _parsed(variables)
    told = _Told(path, text, variables)
    for found in (content, given):
        if odd := next(_odd(found), None):
            raise ConfigError(told.fault(*odd, "", {}))
    _check_accounts(content, given, variables)
    try:
        settings = Settings.model_validate(_merged(content, given))
    except ValidationError as error:
        faults = [told.fault(list(e["loc"]), e["msg"], e["type"], e.get("ctx", {})) for e in error.errors()]
        raise ConfigError("\n".join(dict.fromkeys(faults))) from None
    faults = list(_platform_faults(settings, platforms, told))
    if faults:
        raise ConfigError("\n".join(faults))
    return _placed(settings, path.parent.absolute())


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Our variables, with every NAME_FILE replaced by what the file it names contains (so containers hand secrets in).

    Raises ConfigError: no such section, unreadable file, both forms given.
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
            found[target] = read_text(Path(value)).strip() if target != name else value
        except OSError as error:
            raise ConfigError(f"{name}: {value[:LONGEST_SHOWN]} cannot be read ({error.strerror}).") from error
    return found


# -- reading -----------------------------------------------------------------------------------------------------------


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = read_text(path)
        return text, tomllib.loads(text)
    except OSError as error:
        cure = " “bottega init” writes one." if isinstance(error, FileNotFoundError) else ""
        raise ConfigError(f"{path} cannot be read ({error.strerror}).{cure}") from error
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at line ")
        line = f", line {where.partition(',')[0]}" if where else ""
        cure = " It is written twice; keep one." if what.startswith("Cannot") else ""
        raise ConfigError(f"{path}{line}: {what}.{cure}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}, line {overwhelming(text)}: what begins here {OVERWHELMED}.") from error


def _odd(value: Any, where: tuple[str | int, ...] = ()) -> Iterator[tuple[list[str | int], str]]:
    """(Where, in words) is something that can be written and that nothing behind the settings takes."""
    match value:
        case dict() | list() if len(where) > DEEPEST:
            yield list(where[:NAMED]), "is nested deeper than any setting"
        case dict():
            for key, item in value.items():
                yield from _odd(key, (*where, key))
                yield from _odd(item, (*where, key))
        case list():
            for number, item in enumerate(value):
                yield from _odd(item, (*where, number))
        case str() if clean(value) != value:
            yield list(where), "has a character that no text has; write it once more"
        case int() if abs(value) >= 10**MOST_DIGITS:
            yield list(where), "has more digits than any setting"
        case float() if not math.isfinite(value):
            yield list(where), "must be a number"


class _Schema(Settings, BaseSettings):
    """The shape of the settings, as pydantic-settings needs it to take variables apart."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)


class _Environment(EnvSettingsSource):
    """The variables that were read before, instead of the process's own."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = {name.lower(): value for name, value in variables.items()}
        super().__init__(_Schema)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._variables

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """The value that the JSON tells. Raises ValueError, where Python's parser has yet another way to fail."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except RecursionError as error:
            raise ValueError("nested too deep") from error


def _parsed(variables: Mapping[str, str]) -> dict[str, Any]:
    try:
        return _Environment(variables)()
    except SettingsError as error:
        section = str(error).partition('"')[2].partition('"')[0]
        is_json = not isinstance(error.__cause__, json.JSONDecodeError)
        words = OVERWHELMED if is_json else 'write lists and tables in variables as JSON, like ["approver"]'
        raise ConfigError(f"{PREFIX}{section.upper()}…: {words}.") from error


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(under)
    for key, value in over.items():
        below = both.get(key)
        both[key] = _merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return both


def _placed(settings: Settings, folder: Path) -> Settings:
    """Relative paths counted from the folder, so that every command finds the same data wherever it is typed."""
    desk = settings.desk
    changes: dict[str, Any] = {"data": folder / desk.data}
    kind, scheme, file = desk.database.get_secret_value().partition("sqlite:///")
    if scheme and not kind:
        changes["database"] = SecretStr(f"{scheme}{folder / file}")
    return settings.model_copy(update={"desk": desk.model_copy(update=changes)})


# -- faults ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """Where everything was told, to name the place of a fault."""

    path: Path
    text: str
    variables: Mapping[str, str]

    def place(self, where: Sequence[str | int]) -> str:
        """The variable or the line that gives the key, with a colon."""
        for depth in range(len(where), 0, -1):
            variable = PREFIX + "__".join(str(part) for part in where[:depth]).upper()
            if variable in self.variables:
                return f"{variable}: "
        line = line_of(self.text, where)
        return f"{self.path}, line {line}: " if line else f"{self.path}: "

    def fault(self, where: list[str | int], message: str, kind: str, context: Mapping[str, Any]) -> str:
        """One fault in words: place, key, cure. Values are never repeated: they may be secrets."""
        dotted = ".".join(str(part + 1 if isinstance(part, int) else part) for part in where)
        if kind == "extra_forbidden":
            near = get_close_matches(str(where[-1]), _keys_of(where[:-1]), 1)
            cure = f" Did you mean “{near[0]}”?" if near else ""
            return f"{self.place(where)}“{dotted}” is no setting.{cure}"
        words = WORDS[kind].format(**context) if kind in WORDS else message.removeprefix("Value error, ")
        return f"{self.place(where)}“{dotted}”: {words}."


def _check_section(name: str) -> None:
    section, *keys = name.removeprefix(PREFIX).lower().split("__")
    if section in Settings.model_fields:
        return
    for known in Settings.model_fields:
        if not keys and section.startswith(f"{known}_"):
            right = f"{PREFIX}{known.upper()}__{section.removeprefix(known + '_').upper()}"
            raise ConfigError(f"{name} is no setting. Did you mean {right}, with two underscores?")
    raise ConfigError(f"{name}: there is no section [{section}]. Sections: {', '.join(Settings.model_fields)}.")


def _check_accounts(content: Mapping[str, Any], given: Mapping[str, Any], variables: Mapping[str, str]) -> None:
    """A variable for an account that is nowhere would only say that this account has no platform."""
    known, told = content.get("accounts", {}), given.get("accounts", {})
    if not (isinstance(known, dict) and isinstance(told, dict)):
        return  # which is a fault of its own
    for name, values in told.items():
        if name not in known and isinstance(values, dict) and "platform" not in values:
            variable = next(v for v in variables if v.startswith(f"{PREFIX}ACCOUNTS__{name.upper()}"))
            near = get_close_matches(name, known, 1)
            cure = f"Did you mean “{near[0]}”?" if near else f"Write [accounts.{name}] with its platform."
            raise ConfigError(f"{variable}: there is no account “{name}”. {cure}")


def _platform_faults(settings: Settings, platforms: Mapping[str, str], told: _Told) -> Iterator[str]:
    for name in settings.apps:
        if name not in platforms:
            words = f"there is no platform {name!r}. Known: {', '.join(platforms)}"
            yield told.fault(["apps", name], words, "", {})
    for name, account in settings.accounts.items():
        where = ["accounts", name]
        if account.platform not in platforms:
            words = f"there is no platform {account.platform!r}. Known: {', '.join(platforms)}"
            yield told.fault([*where, "platform"], words, "", {})
        elif not account.base_url and not platforms[account.platform]:
            words = f"is missing: {account.platform} has many servers, so name yours, like https://social.example"
            yield told.fault([*where, "base_url"], words, "", {})


def _keys_of(where: list[str | int]) -> list[str]:
    """The keys that are allowed at a place of the settings."""
    model: Any = Settings
    for part in where:
        field = getattr(model, "model_fields", {}).get(part)
        kinds = [field.annotation] if field else [model]
        model = next((k for kind in kinds for k in (kind, *get_args(kind)) if hasattr(k, "model_fields")), model)
    return list(getattr(model, "model_fields", {}))
