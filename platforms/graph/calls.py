"""Calls to the Graph API with one token: the version in the path, the token in a header, the proof beside it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from platforms.answers import Answer, certain
from platforms.contract import Gone, OutcomeUnknown, Permanent
from platforms.graph.refusals import fault, meaning, refused, wait
from platforms.graph.shapes import Malformed, list_of, object_of
from platforms.graph.signing import proof
from platforms.http import Http, Params, at
from platforms.shapes import Json, address, part_of, text_of
from platforms.spec import Watch, unwatched
from platforms.uploads import Upload

#: The newest version (Graph API changelog, 2026-07-29); a call without one gets what the app's dashboard says.
VERSION = "v26.0"
#: The only one that Threads has.
THREADS_VERSION = "v1.0"
#: Rows of an edge asked for at once.
ROWS = 100


class Graph:
    """Graph for one token. Ids are text, values that are no text are sent as JSON within the form."""

    def __init__(
        self,
        base_url: str,
        *,
        token: str = "",
        app_secret: str = "",
        version: str = VERSION,
        links: bool = True,
        secrets: Sequence[str] = (),
        proxy: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: tuple[float, float] = (5.0, 30.0),
        watch: Watch = unwatched,
    ) -> None:
        """`links`: a page of an edge without `next` is the last; Instagram and Threads may leave it out of a full one.

        `secrets`: what besides the token and the app's secret must not be seen in logs and errors.
        """
        signature = proof(token, app_secret) if token and app_secret else ""
        self._version = version
        self._links = links
        self._token = token
        self._proof = [("appsecret_proof", signature)] if signature else []
        self.http = Http(
            base_url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            secrets=(token, app_secret, signature, *secrets),
            refused=refused,
            explains=True,
            reset=wait,
            proxy=proxy,
            now=now,
            timeout=timeout,
            watch=watch,
        )

    def __repr__(self) -> str:
        return f"Graph({self.http.base_url!r})"

    def read(self, path: str, *ids: str, **params: Any) -> Json:
        """GET a node; `path` has a {} for each id. Raises Unreachable, RateLimited and what refuses."""
        answer = self.http.read(self._path(path, ids), [*_form(params), *self._proof])
        return _good(answer, repeatable=True)

    def edge(self, path: str, *ids: str, pages: int = 1, **params: Any) -> Iterator[list[Json]]:
        """The pages of an edge, at most so many; each is asked for when it is taken.

        Only the cursor is taken from an answer: the token never follows an address that an answer names.
        """
        asked = {"limit": ROWS, **params}
        for _ in range(pages):
            body = self.read(path, *ids, **asked)
            if not isinstance(body.get("data"), list):
                raise Malformed("The answer is no list.")
            rows = list_of(body)
            yield rows
            after = text_of(part_of(body, "paging", "cursors"), "after")
            is_short = self._links or len(rows) < asked["limit"]
            if not rows or not after or (is_short and "next" not in part_of(body, "paging")):
                return
            asked["after"] = after

    def write(self, path: str, *ids: str, safe: bool = False, **params: Any) -> Json:
        """POST a form. Raises OutcomeUnknown where it may have happened; where repeating is `safe`, Unreachable."""
        return self._written("POST", path, ids, params, safe=safe)

    def delete(self, path: str, *ids: str, **params: Any) -> Json:
        """DELETE, which may be repeated. What is gone already raises Gone."""
        return self._written("DELETE", path, ids, params, safe=True)

    def remove(self, remote_id: str) -> None:
        """DELETE a node; already gone is success."""
        try:
            self.delete("/{}", remote_id)
        except Gone:
            return

    def upload(self, path: str, *ids: str, file: Upload, **params: Any) -> Json:
        """POST a file in a form, for calls by which nothing becomes public: repeating is safe."""
        answer = self.http.upload(self._path(path, ids), file, dict(_form(params)), self._proof)
        return _good(answer, repeatable=True)

    def push(self, url: str, file: BinaryIO, offset: int, size: int) -> Json:
        """POST the bytes of a file from `offset` to the address that the network named for it (resumable upload).

        Raises Permanent where that address is neither the network's own nor our base_url's: the token goes with it.
        """
        if not self._is_ours(url):
            raise Permanent("The network named a strange address for the file.")
        file.seek(offset)
        headers = {
            "Authorization": f"OAuth {self._token}",
            "Content-Type": "application/octet-stream",
            "offset": str(offset),
            "file_size": str(size),
        }
        return _good(self.http.push(url, file, headers), repeatable=True)

    def _written(self, method: str, path: str, ids: Sequence[str], params: Mapping[str, Any], *, safe: bool) -> Json:
        form = _form(params)
        # A DELETE has no body that everything on its way respects.
        query, body = ([*form, *self._proof], []) if method == "DELETE" else (self._proof, form)
        answer = self.http.write(method, self._path(path, ids), form=body, params=query, safe=safe)
        return _good(answer, repeatable=safe)

    def _path(self, path: str, ids: Sequence[str]) -> str:
        return f"/{self._version}{at(path, *ids)}" if self._version else at(path, *ids)

    def _is_ours(self, url: str) -> bool:
        if not address(url) or "\\" in url or "@" in url:
            return False  # or one that others read differently
        there, home = urlsplit(url), urlsplit(self.http.base_url)
        if (there.scheme, there.netloc) == (home.scheme, home.netloc):
            return True
        host = there.hostname or ""
        return there.scheme == "https" and host.endswith((".facebook.com", ".instagram.com"))


def _form(params: Mapping[str, Any]) -> Params:
    """Values as Graph wants them in a form; those that are None are left out."""
    return [(name, _value(value)) for name, value in params.items() if value is not None]


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _good(answer: Answer, *, repeatable: bool) -> Json:
    """The body of a success. An error may hide in an answer of 200, and `success` may be false (official SDK)."""
    if found := fault(answer.body):
        raise certain(meaning(found, answer.headers), repeatable=repeatable)
    try:
        body = object_of(answer.body)
    except Malformed as strange:
        raise certain(strange, repeatable=repeatable) from None
    if body.get("success") in (False, "false"):  # a set would ask for the hash of whatever stands there
        said = "Meta says that it did not work, and not why."
        raise Permanent(said) if repeatable else OutcomeUnknown(said)
    return body
