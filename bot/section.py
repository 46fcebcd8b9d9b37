"""What every section of the settings is made of: its base, and the kinds of values that several have."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, AnyHttpUrl, BaseModel, ConfigDict, SecretStr

Url = AnyHttpUrl


class Section(BaseModel):
    """Base of the sections: an unknown key is a typo."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def shaped(pattern: str, cure: str) -> Callable[[str], str]:
    """A check that a text is empty or has the shape; the cure is the whole sentence."""

    def check(text: str) -> str:
        if text and not re.fullmatch(pattern, text):
            raise ValueError(cure)
        return text

    return check


def _token(secret: SecretStr) -> SecretStr:
    """A token without what copying adds to it."""
    text = secret.get_secret_value().strip()
    if not text.isascii() or re.search(r"\s", text):
        raise ValueError("contains a blank or a character that no token has; copy it once more")
    return SecretStr(text)


Secret = Annotated[SecretStr, AfterValidator(_token)]
