"""Parameters of what people and Pages do about posts: comments, likes, blocks and private replies (meta.md 2.4)."""

from sandbox.meta.params import Param

REACTIONS = (
    "ANGRY", "CARE", "FIRE", "HAHA", "HUNDRED", "LIKE", "LOVE", "NONE", "PRIDE", "SAD", "THANKFUL", "WOW",
)  # fmt: skip

READ_COMMENTS = {
    "filter": Param(values=("stream", "toplevel")),
    "order": Param(values=("chronological", "reverse_chronological")),
    "live_filter": Param(values=("filter_low_quality", "no_filter")),
    "since": Param("datetime"),
    "summary": Param(),
}
COMMENT = {
    "message": Param(),
    "attachment_id": Param(),
    "attachment_url": Param(),
    "attachment_share_url": Param(),
}
UPDATE_COMMENT = COMMENT | {"is_hidden": Param("bool")}
READ_LIKES = {"summary": Param()}
READ_REACTIONS = READ_LIKES | {"type": Param(values=REACTIONS)}
BLOCK = {"user": Param("list"), "psid": Param("list"), "asid": Param("list"), "uid": Param("list")}
UNBLOCK = {"user": Param(), "psid": Param(), "asid": Param(), "uid": Param()}
READ_BLOCKED = {"user": Param(), "uid": Param()}
MESSAGE = {
    "recipient": Param("object", required=True),
    "message": Param("object"),
    "messaging_type": Param(values=("MESSAGE_TAG", "RESPONSE", "UPDATE", "UTILITY")),
    "notification_type": Param(values=("NO_PUSH", "REGULAR", "SILENT_PUSH")),
    "tag": Param(),
}
