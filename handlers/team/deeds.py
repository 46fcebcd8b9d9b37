"""The audit log in words that people read: what was done, and what it changed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from handlers.comments.acts import ACTS, REASONS
from handlers.desk import Desk
from handlers.times.when import describe
from handlers.words import N_, STATES
from models.audit import AuditEntry

#: Action of the audit log -> how it is read after a name. One without words here is read as it was written.
DEEDS = {
    "accepted": N_("accepted: enough approvals"),
    "access lost": N_("lost access"),
    "other identity": N_("has another account's token"),
    "identity regained": N_("has its own token again"),
    "same account": N_("said that it is the same account"),
    "token dropped": N_("dropped what waited for the account"),
    "reviewed again": N_("is reviewed again: the account is another"),
    "access regained": N_("regained access"),
    "act done": N_("the network did it"),
    "act failed": N_("the network did not do it"),
    "act unsure": N_("nobody knows whether the report was received"),
    "ads access lost": N_("lost access to its ad account"),
    "ads access regained": N_("regained access to its ad account"),
    "approved": N_("approved"),
    "boost approved": N_("agreed to the boost"),
    "boost changed": N_("changed the boost"),
    "boost extended": N_("the boost was extended"),
    "boost extension failed": N_("the boost was not extended"),
    "boost extension undone": N_("nobody knows whether the boost was extended: the old order is put there again"),
    "boost extension wished": N_("wants to extend the boost"),
    "boost failed": N_("the boost was not ordered"),
    "boost money released": N_("money was set free"),
    "boost money reserved": N_("money was set aside"),
    "boost over": N_("the boost is over"),
    "boost part made": N_("a part of the boost was made"),
    "boost pause ordered": N_("ordered a pause"),
    "boost paused": N_("the boost is paused"),
    "boost proposed": N_("proposed a boost"),
    "boost refused": N_("refused the boost"),
    "boost resume ordered": N_("ordered to let it run again"),
    "boost said to be stopped": N_("says that the boost is stopped there"),
    "boost started": N_("the boost runs"),
    "boost stop ordered": N_("ordered to stop it"),
    "boost stop unconfirmed": N_("the network does not confirm that it stopped"),
    "boost stopped": N_("the network confirms that it stopped"),
    "boost wished": N_("asked for the boost"),
    "boost withdrawn": N_("withdrew the boost"),
    "changed roles": N_("changed roles"),
    "changes_requested": N_("asked for changes"),
    "chose a language": N_("chose a language"),
    "chose a zone": N_("chose a time zone"),
    "claim ended": N_("held it no longer: the time was over"),
    "audience approved": N_("agreed to the audience"),
    "audience dropped": N_("dropped the audience"),
    "audience failed": N_("the network did not make the audience"),
    "audience made": N_("the network made the audience"),
    "audience proposed": N_("asked for the audience"),
    "began to connect an account": N_("began to connect an account"),
    "block": N_("blocked the author"),
    "close_comments": N_("ordered to close it for comments"),
    "comment arrived": N_("the comment arrived"),
    "comment deleted": N_("its author deleted the comment"),
    "comment edited": N_("its author edited the comment"),
    "comment went with its post": N_("went with the post, which we took down"),
    "comments closed": N_("closed for comments"),
    "comments opened": N_("open for comments"),
    "connected an account": N_("connected an account"),
    "deadline_missed": N_("the approvals came too late"),
    "delete_ordered": N_("ordered to take it down"),
    "delete_cancelled": N_("let it stand after all"),
    "deleted": N_("taken down"),
    "done": N_("marked it as done"),
    "drafted": N_("drafted"),
    "edited": N_("edited"),
    "failed": N_("not published"),
    "first comment failed": N_("the first comment was not sent"),
    "first comment held": N_("held the first comment: the account is stopped, or its access lost"),
    "first comment stands": N_("the first comment stands"),
    "first comment unsure": N_("nobody knows whether the first comment went out"),
    "found_absent": N_("looked: it is not there"),
    "found_live first comment": N_("looked: the first comment is there"),
    "found_live": N_("looked: it is there"),
    "held": N_("held: the account is stopped, or its access lost"),
    "hour_wished": N_("wished for an hour"),
    "hide": N_("hid it"),
    "joined the team": N_("joined the team"),
    "left": N_("left it as it is"),
    "left first comment": N_("left the first comment as it is"),
    "left reply": N_("left the reply as it is"),
    "left the team": N_("left the team"),
    "like": N_("liked it"),
    "log accepted": N_("takes the audit log as it is, under a new key"),
    "log key lost": N_("began a new key for the audit log: the old one is not here"),
    "log restored": N_("began a new key for the audit log: the desk was restored from a copy"),
    "log sealed": N_("seals the audit log with a key from here on"),
    "linked a chat": N_("linked a chat"),
    "made a code": N_("made a code"),
    "mute": N_("muted the author"),
    "open_comments": N_("ordered to open it for comments"),
    "overdue": N_("held: its hour was over"),
    "page change approved": N_("agreed to the change of the page"),
    "page change dropped": N_("gave the change of the page up"),
    "page change failed": N_("the network did not take the change of the page"),
    "page change proposed": N_("wants to change the page"),
    "page changed": N_("the page was changed"),
    "post reposted": N_("reposted to our followers"),
    "private reply arrived": N_("the private reply has arrived"),
    "published": N_("published"),
    "published_now": N_("published at once"),
    "realigned": N_("moved with the clocks of its zone"),
    "received": N_("said that the report was received"),
    "released": N_("let it go"),
    "renamed": N_("renamed"),
    "reopened": N_("reopened"),
    "review_reopened": N_("its approvals do not suffice any more: it is in review again"),
    "audience reopened": N_("the audience's approval does not suffice any more: it waits for another"),
    "boost extension reopened": N_("the extension's approvals do not suffice any more: it waits for others"),
    "boost review reopened": N_("the boost's approvals do not suffice any more: it is in review again"),
    "page change reopened": N_("the change's approval does not suffice any more: it waits for another"),
    "remove_comment": N_("removed it"),
    "replied": N_("replied"),
    "replied privately": N_("replied privately"),
    "reply failed": N_("the reply was not sent"),
    "reply held": N_("held the reply: access to the account is lost"),
    "reply is live": N_("looked: the reply is there"),
    "reply is not there": N_("looked: the reply is not there"),
    "reply stands": N_("the reply is public"),
    "reply unsure": N_("nobody knows whether the reply went out"),
    "report": N_("reported it"),
    "repost": N_("reposted it"),
    "repost of post undone": N_("the repost is taken back"),
    "repost_post": N_("ordered to repost it"),
    "restored": N_("was restored from a copy, and stopped publishing"),
    "resumed": N_("resumed publishing"),
    "retried": N_("tried again"),
    "retried first comment": N_("sent the first comment again"),
    "retried reply": N_("tried the reply again"),
    "scheduled": N_("scheduled"),
    "stopped": N_("stopped publishing"),
    "stray campaign found": N_("found a campaign that no boost knows"),
    "stray campaign pause ordered": N_("ordered to pause a campaign that no boost knows"),
    "stray campaign paused": N_("paused a campaign that no boost knows"),
    "submitted": N_("sent into review"),
    "told_address": N_("told where it stands"),
    "took": N_("took it"),
    "typed a wrong code": N_("typed a wrong code"),
    "unblock": N_("unblocked the author"),
    "unhide": N_("showed it again"),
    "unlike": N_("took a like back"),
    "unlinked a chat": N_("took a link away"),
    "unmute": N_("unmuted the author"),
    "unrepost": N_("took a repost back"),
    "unrepost_post": N_("ordered to take the repost back"),
    "unscheduled": N_("took the hour away"),
    "unsure": N_("no sure answer came"),
    "withdrawn": N_("withdrawn"),
}

#: What changed -> how it is called. One without words here is called as it was written.
LABELS = {
    "act": N_("act"),
    "account": N_("account"),
    "author": N_("author"),
    "by": N_("by"),
    "chat": N_("chat"),
    "due_at": N_("hour"),
    "error": N_("error"),
    "holder": N_("held by"),
    "id": N_("id"),
    "key": N_("key"),
    "language": N_("language"),
    "name": N_("name"),
    "note": N_("note"),
    "reason": N_("reason"),
    "reply": N_("reply"),
    "revision": N_("revision"),
    "roles": N_("roles"),
    "state": N_("state"),
    "text": N_("text"),
    "until": N_("until"),
    "url": N_("address"),
    "visibility": N_("visibility"),
    "zone": N_("time zone"),
}
#: What people cannot read: the digest's use is to be compared by machines.
UNREAD = frozenset({"digest", "hash", "heads", "number", "wall"})
#: Values that are words of ours, translated where they are shown; all others are names and people's own words.
WORDS = frozenset({"act", "reason", "roles", "state", "visibility"})
SAID = {**STATES, **REASONS, **{verb: act.name for verb, act in ACTS.items()}}
#: Characters of a value that are shown.
SHOWN = 200


def deed(desk: Desk, entry: AuditEntry) -> str:
    """What was done, after the name of who did it."""
    return desk.t(DEEDS.get(entry.action, entry.action)).replace("_", " ")


def changes(desk: Desk, entry: AuditEntry) -> Iterator[str]:
    """What it changed, a line each: "hour: – → Fri 27 Nov 2026, 18:30 (Europe/Rome)"."""
    t = desk.t
    for name in dict.fromkeys((*entry.before, *entry.after)):
        before, after = entry.before.get(name), entry.after.get(name)
        if name in UNREAD or before == after:
            continue
        label, now = t(LABELS.get(name, name)).replace("_", " "), _value(desk, name, after)
        if name in entry.before and name in entry.after:
            yield f"{label}: {_value(desk, name, before)} → {now}"
        elif name in entry.before:
            yield f"{label}: {_value(desk, name, before)}"
        else:
            yield f"{label}: {now}"


def _value(desk: Desk, name: str, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if isinstance(value, list):
        return ", ".join(_value(desk, name, one) for one in value)
    words = str(value)
    if name in WORDS:
        words = desk.t(SAID.get(words, words))
    at = _time(words)
    if at is not None:
        return describe(at, desk.zone, desk.t.lang)
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"


def _time(words: str) -> datetime | None:
    """An instant as the log has it, in ISO 8601 with its offset."""
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        return None
    return at if at.tzinfo else None
