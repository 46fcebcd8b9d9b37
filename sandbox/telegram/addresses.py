"""Addresses as requests name them, which may be none."""

from urllib.parse import SplitResult, urlsplit


def split_address(address: str) -> SplitResult | None:
    """The parts of an address, or None when it cannot be one."""
    try:
        return urlsplit(address)
    except ValueError:
        return None
