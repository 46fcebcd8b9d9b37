"""What people outside and the weather do in a sandbox, asked for over its HTTP stage."""

from typing import Any

import requests

from support.patience import PATIENCE


class Stage:
    """The `/_/` routes of one running sandbox."""

    def __init__(self, address: str) -> None:
        self.address = address

    def act(self, path: str, **body: Any) -> Any:
        """POST to /_/path; an AssertionError with the sandbox's sentence where it refuses."""
        answer = requests.post(f"{self.address}/_/{path}", json=body, timeout=PATIENCE)
        assert answer.ok, answer.text
        return answer.json()

    def visit(self, act: str, who: str, **body: Any) -> Any:
        """A person does something: `visit("post", "nora", text="Hello")`."""
        return self.act(f"visit/{act}", **{"as": who, **body})

    def state(self, **query: str) -> Any:
        """What the page shows."""
        return requests.get(f"{self.address}/_/state", params=query, timeout=PATIENCE).json()

    def requests(self, match: str = "*") -> list[dict[str, Any]]:
        """The log of requests whose "METHOD /path" matches, oldest first."""
        found: list[dict[str, Any]] = requests.get(
            f"{self.address}/_/requests", params={"match": match}, timeout=PATIENCE
        ).json()
        return found

    def fault(self, match: str, kind: str, **how: Any) -> None:
        """Disturb the next requests that match; see sandbox.service.Fault."""
        self.act("faults", match=match, kind=kind, **how)

    def calm(self) -> None:
        """No disturbance any more."""
        requests.delete(f"{self.address}/_/faults", timeout=PATIENCE)
