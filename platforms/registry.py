"""The platforms that exist: a new network adds one word here."""

from importlib import import_module

from platforms.spec import Spec

NAMES = ("mastodon", "facebook", "instagram", "threads")


def spec(name: str) -> Spec:
    """The platform's SPEC. Raises KeyError with the known names for an unknown one."""
    if name not in NAMES:
        known = ", ".join(NAMES)
        raise KeyError(f"unknown platform {name!r}; known: {known}")
    found = import_module(f"platforms.{name}").SPEC
    assert isinstance(found, Spec)
    return found


def specs() -> tuple[Spec, ...]:
    """All platforms, in the order of NAMES."""
    return tuple(spec(name) for name in NAMES)


def addresses() -> dict[str, str]:
    """Every platform with the address its accounts have when they name none; "" where each must name one."""
    return {found.name: found.base_url for found in specs()}
