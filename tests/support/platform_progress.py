"""A progress that is kept in memory, as a delivery keeps it in its row."""

from dataclasses import dataclass, field


@dataclass
class Kept:
    """Implements the contract's `Progress`."""

    saved: dict[str, str] = field(default_factory=dict)

    def load(self, name: str) -> str | None:
        """What was saved under the name, or None."""
        return self.saved.get(name)

    def save(self, name: str, value: str) -> None:
        """Remember it."""
        self.saved[name] = value
