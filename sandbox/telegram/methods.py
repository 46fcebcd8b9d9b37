"""The register of Bot API methods: each with the parameters it takes and the function that answers it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.params import Param, Params, declared
from sandbox.telegram.world import World

Answer = Callable[[World, Params], Awaitable[Any]]


@dataclass(frozen=True)
class Method:
    """One method of the Bot API."""

    name: str
    params: dict[str, Param]
    answer: Answer


#: By lower-case name: the real server does not care about case.
METHODS: dict[str, Method] = {}


def method(name: str, words: str = "") -> Callable[[Answer], Answer]:
    """Register a function as a method; `words` declares its parameters (see params.declared)."""

    def register(answer: Answer) -> Answer:
        METHODS[name.lower()] = Method(name, declared(words), answer)
        return answer

    return register
