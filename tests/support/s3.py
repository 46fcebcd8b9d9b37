"""A pretend S3 with one closed bucket, which checks every signature (Amazon S3 API reference, Signature Version 4)."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

import pytest
from aiohttp import web

from bot.shelfsettings import ShelfSettings
from sandbox.service import Service
from support.platform_running import running
from support.stage import Stage

KEY, SECRET, BUCKET, REGION = "AKIASANDBOX", "sandbox-s3-secret", "bakery", "eu-south-1"
#: How far the time of a request may be from the store's (Common request headers, `x-amz-date`).
SKEW = timedelta(minutes=15)


class Refused(Exception):
    """A code of the error responses, with its HTTP status."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


class S3(Service):
    """Takes objects whole or in parts, and gives them whole or in part to whoever has a signature that counts."""

    name = "s3"

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, tuple[bytes, str]] = {}
        self._parts: dict[str, dict[int, bytes]] = {}
        self._kinds: dict[str, str] = {}
        self.app.router.add_route("*", "/{bucket}/{key:.+}", self._serve)

    def state(self, query: dict[str, str]) -> dict[str, Any]:
        return {"objects": {key: kind for key, (_, kind) in self.objects.items()}}

    def reset(self) -> None:
        super().reset()
        self.objects.clear()

    async def _serve(self, request: web.Request) -> web.Response:
        try:
            await self._check(request)
            if request.match_info["bucket"] != BUCKET:
                raise Refused(404, "NoSuchBucket")
            return await self._act(request, request.match_info["key"])
        except Refused as refused:
            text = f"<Error><Code>{refused.code}</Code><Message>{refused.code}</Message></Error>"
            return web.Response(status=refused.status, text=text, content_type="application/xml")

    async def _act(self, request: web.Request, key: str) -> web.Response:
        kind, upload = request.headers.get("Content-Type", ""), request.query.get("uploadId", "")
        match request.method:
            case "POST" if "uploads" in request.query:
                self._parts[key], self._kinds[key] = {}, kind
                told = f"<InitiateMultipartUploadResult><UploadId>{key}</UploadId></InitiateMultipartUploadResult>"
                return web.Response(text=told, content_type="application/xml")
            case "PUT" if upload:
                self._parts[upload][int(request.query["partNumber"])] = await request.read()
                return web.Response(headers={"ETag": '"part"'})
            case "POST" if upload:
                parts = self._parts.pop(upload)
                self.objects[key] = b"".join(parts[n] for n in sorted(parts)), self._kinds.pop(upload)
                told = "<CompleteMultipartUploadResult><ETag>whole</ETag></CompleteMultipartUploadResult>"
                return web.Response(text=told, content_type="application/xml")
            case "PUT":
                self.objects[key] = await request.read(), kind
                return web.Response(headers={"ETag": '"whole"'})
            case "GET" if key in self.objects:
                content, kind = self.objects[key]
                there = request.http_range
                whole = there.start is None
                return web.Response(status=200 if whole else 206, body=content[there], headers={"Content-Type": kind})
        raise Refused(404, "NoSuchKey")

    # -- signatures ----------------------------------------------------------------------------------------------------

    async def _check(self, request: web.Request) -> None:
        path, _, raw = request.raw_path.partition("?")
        query = {unquote(name): unquote(value) for name, _, value in (part.partition("=") for part in raw.split("&"))}
        query.pop("", None)
        if signature := query.pop("X-Amz-Signature", ""):
            given, payload, at = query, "UNSIGNED-PAYLOAD", query["X-Amz-Date"]
            if self.now() > _time(at) + timedelta(seconds=int(query["X-Amz-Expires"])):
                raise Refused(403, "AccessDenied")
        elif request.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 "):
            pairs = request.headers["Authorization"].partition(" ")[2].split(",")
            given = {f"X-Amz-{name.strip()}": value for name, _, value in (pair.partition("=") for pair in pairs)}
            signature, at = given["X-Amz-Signature"], request.headers["x-amz-date"]
            payload = request.headers["x-amz-content-sha256"]
            if payload not in {"UNSIGNED-PAYLOAD", hashlib.sha256(await request.read()).hexdigest()}:
                raise Refused(400, "XAmzContentSHA256Mismatch")
            if abs(self.now() - _time(at)) > SKEW:
                raise Refused(403, "RequestTimeTooSkewed")
        else:
            raise Refused(403, "AccessDenied")
        key, day, region, *service = given["X-Amz-Credential"].split("/")
        if key != KEY:
            raise Refused(403, "InvalidAccessKeyId")
        if (day, region, service) != (at[:8], REGION, ["s3", "aws4_request"]):
            raise Refused(400, "AuthorizationHeaderMalformed")
        signed = given["X-Amz-SignedHeaders"].split(";")
        if signature != _signature(request, path, query, signed, payload, at):
            raise Refused(403, "SignatureDoesNotMatch")


def _signature(
    request: web.Request, path: str, query: Mapping[str, str], signed: list[str], payload: str, at: str
) -> str:
    asked = "&".join(f"{quote(name, '-_.~')}={quote(query[name], '-_.~')}" for name in sorted(query))
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in signed)
    canonical = "\n".join([request.method, path, asked, headers, ";".join(signed), payload])
    scope = f"{at[:8]}/{REGION}/s3/aws4_request"
    told = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET}".encode()
    for part in (*scope.split("/"), told):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def _time(told: str) -> datetime:
    return datetime.strptime(told, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


class Buckets(Stage):
    """The running store, as its owner sees it."""

    def settings(self, **changes: Any) -> ShelfSettings:
        """[shelf] of a desk that lends from there."""
        given = {"url": f"s3://{BUCKET}/bottega", "endpoint": self.address, "region": REGION, "key": KEY}
        return ShelfSettings.model_validate({**given, "secret": SECRET, **changes})

    def objects(self) -> dict[str, str]:
        """What lies in the bucket, and its Content-Type."""
        found: dict[str, str] = self.state()["objects"]
        return found


@pytest.fixture(scope="session")
def s3_running() -> Iterator[Buckets]:
    """The running store."""
    with running(S3()) as address:
        yield Buckets(address)


@pytest.fixture
def s3(s3_running: Buckets) -> Buckets:
    """The store with an empty bucket, undisturbed."""
    s3_running.act("reset")
    return s3_running
