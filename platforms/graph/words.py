"""Marks English sentences of the platforms that are kept in variables, for the catalogues."""


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name, which the catalogues look for
    """The sentence itself."""
    return sentence
