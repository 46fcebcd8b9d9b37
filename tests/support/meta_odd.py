"""Odd values for every parameter of an edge of the pretend Meta: whatever comes is answered in order."""

import requests

from sandbox.meta.graph import PAGED, Edge
from support.patience import PATIENCE

#: Values that no parameter is meant for, as they arrive in a form.
ODD = (
    "", "-1", "99999999999999999999", "x" * 5000, "[null]", '[{"a": [1]}]', "{", '{"comment_id": {}}', "\x00",
    '{"mon_1_open": 9}', '{"text": ["x"]}', "🙂", "1e400", "http://[", "1001",
)  # fmt: skip


def tried(address: str, path: str, token: str, edge: Edge) -> None:
    """Call the edge with each parameter odd in turn."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        for name in (*edge.params, *(PAGED if edge.listing else ()), "nothing[0]"):
            for value in ODD:
                sent = {name: value, "access_token": token}
                params, data = (None, sent) if edge.method == "POST" else (sent, None)
                answer = session.request(
                    edge.method, f"{address}/{path}", timeout=PATIENCE, allow_redirects=False, params=params, data=data
                )
                sound(answer)
                if answer.ok and edge.method == "DELETE":
                    return  # gone: nothing more to ask


def sound(answer: requests.Response) -> None:
    """A success, or a refusal in the envelope."""
    assert answer.status_code != 500, (answer.request.url, answer.request.body, answer.text)
    if answer.status_code >= 400:
        error = answer.json()["error"]
        assert error["message"]
        assert isinstance(error["code"], int)
        assert error["fbtrace_id"]
