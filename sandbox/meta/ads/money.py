"""Amounts of money as the Marketing API writes them: minor units on budgets, major units on insights."""

#: Currencies without a minor unit (Marketing API, "Currencies"); every other one has an offset of 100.
WHOLE = frozenset("CLP COP CRC HUF IDR ISK JPY KRW PYG TWD VND".split())


def offset(currency: str) -> int:
    """Minor units in one unit of the currency."""
    return 1 if currency in WHOLE else 100


def major(minor: int, currency: str) -> str:
    """An amount in units of the currency, as insights tell it: "4.56", or "456" where there is no minor unit."""
    if offset(currency) == 1:
        return str(minor)
    return f"{minor // 100}.{minor % 100:02}"
