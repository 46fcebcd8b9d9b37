"""Signatures with the app's secret: ours on calls, Meta's on what it sends."""

import hmac
from hashlib import sha256


def proof(token: str, secret: str) -> str:
    """The `appsecret_proof` of a token (Graph API, "Securing Graph API calls"); each token has its own."""
    return hmac.new(secret.encode(), token.encode(), sha256).hexdigest()


def is_authentic(raw: bytes, header: str, secret: str) -> bool:
    """Whether `X-Hub-Signature-256` is that of these raw bytes (Graph API webhooks, "Getting started")."""
    if not secret:
        return False
    wanted = "sha256=" + hmac.new(secret.encode(), raw, sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), header.strip().encode())
