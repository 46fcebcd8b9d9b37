"""Who may do what: one row for everything that is registered, and how it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from handlers.intents import Command, Filled, Intent, Pressed
from models.audience import AudienceRow
from models.boost import Boost
from models.conversation import Comment, Reply
from models.delivery import Delivery
from models.member import Role
from models.profile import Profile
from models.publication import Publication
from support import meta_scenes, scenes
from support.inbox_bench import InboxBench
from support.scenes import Scene

A, V, P, M, B, D = Role.AUTHOR, Role.APPROVER, Role.PUBLISHER, Role.MODERATOR, Role.BUYER, Role.ADMIN
WRITERS = (A, V, P)


@dataclass(frozen=True)
class Rule:
    """`by` may do it in the scene with the first of the roles `needs`, may not without any; none: every member may."""

    kind: Literal["command", "button", "form"]
    verb: str
    by: str
    needs: tuple[Role, ...] = ()
    scene: Scene = scenes.nothing
    dated: bool = False  #: refused where it carries an older revision than what it is about has
    text: str = ""  #: after a command; {subject} is the scene's
    value: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    new: bool = False  #: about nothing that is there yet

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.verb, self.text, self.scene.__name__)))

    def intent(self, desk: InboxBench, who: str, subject: str, age: int = 0) -> Intent:
        """What arrives when the person does it; `age`: revisions since they looked."""
        origin, about = desk.origin(who), "" if self.new else subject
        if self.kind == "command":
            return Command(origin=origin, verb=self.verb, text=self.text.format(subject=subject))
        revision = revision_now(desk, about) - age if self.dated else 0
        given = {"origin": origin, "verb": self.verb, "subject": about, "revision": revision, "value": self.value}
        if self.kind == "button":
            return Pressed(**given)
        address = {"address": desk.mastodon.address}
        values = {k: v.format(**address) if isinstance(v, str) else v for k, v in self.values.items()}
        return Filled(**given, values=values)


def revision_now(desk: InboxBench, subject: str) -> int:
    """What a button or form about it carries as its revision now."""
    number = int(subject[1:])
    if subject.startswith("P"):
        return desk.post(subject).revision
    if subject.startswith("R"):
        sent = Reply.delivery_id == Delivery.id, Reply.id == number
        return next((found.fence for found in desk.rows(Delivery, *sent)), 0)
    if subject.startswith("T"):
        return desk.rows(AudienceRow, AudienceRow.id == number)[0].revision
    if subject.startswith("G"):
        return desk.rows(Profile)[0].revision
    if subject.startswith("D"):
        return desk.rows(Delivery, Delivery.id == number)[0].fence
    if subject.startswith("B"):
        return desk.rows(Boost)[0].revision
    if subject.startswith("C"):
        return desk.rows(Comment, Comment.id == number)[0].edits + 1
    return desk.rows(Delivery, Delivery.id == Publication.delivery_id, Publication.id == number)[0].fence


def _command(verb: str, by: str, *needs: Role, **more: Any) -> Rule:
    return Rule("command", verb, by, needs, **more)


def _button(verb: str, by: str, *needs: Role, **more: Any) -> Rule:
    return Rule("button", verb, by, needs, **more)


def _form(verb: str, by: str, *needs: Role, **more: Any) -> Rule:
    return Rule("form", verb, by, needs, **more)


ABOUT = "{subject}"
POSTS = (
    _command("post", "Ada", A, text="Hello"),
    _command("submit", "Ada", A, scene=scenes.drafted, text=ABOUT),
    _command("approve", "Bruno", V, scene=scenes.in_review, text=ABOUT),
    _command("edit", "Bruno", *WRITERS, scene=scenes.in_review, text="{subject} Other words"),
    _command("edit", "Bruno", *WRITERS, scene=scenes.in_review, text=ABOUT),
    _command("schedule", "Ada", A, P, scene=scenes.drafted, text="{subject} tomorrow 9:00"),
    _command("schedule", "Bruno", P, scene=scenes.approved, text="{subject} tomorrow 9:00"),
    _command("publish", "Bruno", P, scene=scenes.approved, text=ABOUT),
    _command("withdraw", "Bruno", P, V, scene=scenes.in_review, text=ABOUT),
    _command("withdraw", "Ada", scene=scenes.in_review, text=ABOUT),
    _command("open", "Ada", scene=scenes.drafted, text=ABOUT),
    _command("queue", "Ada"),
    _command("stop", "Ada", text="acme"),
    _command("held", "Ada"),
    _command("resume", "Bruno", P, scene=scenes.stopped, text="acme"),
    _button("draft", "Ada", A, new=True),
    _button("submit", "Ada", A, scene=scenes.drafted, dated=True),
    _button("approve", "Bruno", V, scene=scenes.in_review, dated=True),
    _button("changes", "Bruno", V, scene=scenes.in_review, dated=True),
    _button("edit", "Bruno", *WRITERS, scene=scenes.in_review, dated=True),
    _button("alt", "Bruno", *WRITERS, scene=scenes.in_review, dated=True),
    _button("wording", "Bruno", *WRITERS, scene=scenes.in_review, dated=True),
    _button("schedule", "Ada", A, P, scene=scenes.drafted, dated=True),
    _button("schedule", "Bruno", P, scene=scenes.approved, dated=True),
    _button("unschedule", "Bruno", P, scene=scenes.planned, dated=True),
    _button("publish", "Bruno", P, scene=scenes.approved, dated=True),
    _button("withdraw", "Bruno", P, V, scene=scenes.in_review, dated=True),
    _button("withdraw", "Ada", scene=scenes.in_review, dated=True),
    _button("reopen", "Ada", A, scene=scenes.withdrawn),
    _button("open", "Ada", scene=scenes.drafted),
    _button("rest", "Ada", scene=scenes.in_review),
    _button("open_file", "Ada", scene=scenes.unshown, value="1"),
    _button("queue", "Ada"),
    _button("stop", "Ada", value="acme"),
    _button("held", "Ada", value="0:acme"),
    _button("resume", "Bruno", P, scene=scenes.stopped, value="acme"),
    _button("delete", "Bruno", P, scene=scenes.standing),
    _button("keep", "Bruno", P, scene=scenes.deletion_held, dated=True),
    _button("retry", "Bruno", P, scene=scenes.refused, dated=True),
    _button("leave", "Bruno", P, scene=scenes.refused, dated=True),
    _button("live", "Bruno", P, scene=scenes.unsure, dated=True),
    _button("resend", "Bruno", P, scene=scenes.unsure, dated=True),
    _button("address", "Bruno", P, scene=scenes.without_address),
    _button("first_comment_retry", "Bruno", P, scene=meta_scenes.first_comment_failed, dated=True),
    _button("first_comment_live", "Bruno", P, scene=meta_scenes.first_comment_unsure, dated=True),
    _button("first_comment_leave", "Bruno", P, scene=meta_scenes.first_comment_failed, dated=True),
    _button("close_comments", "Chiara", M, scene=meta_scenes.on_instagram),
    _button("open_comments", "Chiara", M, scene=meta_scenes.closed_on_instagram),
    _button("repost_post", "Bruno", P, scene=scenes.standing),
    _button("unrepost_post", "Bruno", P, scene=scenes.reposted),
    _form("draft", "Ada", A, new=True, values={"text": "Hello"}),
    _form("draft", "Bruno", *WRITERS, scene=scenes.in_review, dated=True, values={"text": "Other words"}),
    _form("alt", "Bruno", *WRITERS, scene=scenes.in_review, dated=True, values={"alt1": "a cat"}),
    _form("wording", "Bruno", *WRITERS, scene=scenes.in_review, dated=True, values={"acme": "Other words"}),
    _form("changes", "Bruno", V, scene=scenes.in_review, dated=True, values={"note": "Shorter, please"}),
    _form("schedule", "Ada", A, P, scene=scenes.drafted, dated=True, values={"when": "tomorrow 9:00"}),
    _form("schedule", "Bruno", P, scene=scenes.approved, dated=True, values={"when": "tomorrow 9:00"}),
    _form("address", "Bruno", P, scene=scenes.without_address, values={"link": "{address}/@acme/1234567"}),
)
COMMENTS = (
    _command("inbox", "Ada"),
    _command("reply", "Chiara", M, scene=scenes.commented, text="{subject} At seven."),
    _button("inbox", "Ada"),
    _button("show_comment", "Ada", scene=scenes.commented),
    _button("take", "Chiara", M, scene=scenes.commented),
    _button("release", "Chiara", M, scene=scenes.done("take")),
    _button("done", "Chiara", M, scene=scenes.commented),
    _button("reopen_comment", "Chiara", M, scene=scenes.done("done")),
    _button("reply", "Chiara", M, scene=scenes.commented),
    _button("send_reply", "Chiara", M, scene=scenes.previewed),
    _button("edit_reply", "Chiara", M, scene=scenes.previewed),
    _button("drop_reply", "Chiara", M, scene=scenes.previewed),
    _button("retry_reply", "Chiara", M, scene=scenes.reply_refused, dated=True),
    _button("leave_reply", "Chiara", M, scene=scenes.reply_refused, dated=True),
    _button("reply_is_live", "Chiara", M, scene=scenes.reply_unsure, dated=True),
    _button("reply_not_there", "Chiara", M, scene=scenes.reply_unsure, dated=True),
    *(_button(verb, "Chiara", M, scene=scenes.commented) for verb in ("like", "repost", "mute", "block", "report")),
    *(_button(f"un{verb}", "Chiara", M, scene=scenes.done(verb)) for verb in ("like", "repost", "mute", "block")),
    _button("hide", "Chiara", M, scene=meta_scenes.commented_on_page),
    _button("unhide", "Chiara", M, scene=meta_scenes.hidden_on_page),
    _button("remove_comment", "Chiara", M, scene=meta_scenes.commented_on_page),
    _button("private_reply", "Chiara", M, scene=meta_scenes.commented_on_page),
    _button("retry_act", "Chiara", M, scene=scenes.act_refused, dated=True),
    _button("leave_act", "Chiara", M, scene=scenes.act_refused, dated=True),
    _button("act_happened", "Chiara", M, scene=scenes.report_unsure, dated=True),
    _form("reply", "Chiara", M, scene=scenes.commented, dated=True, values={"text": "At seven."}),
    _form("private_reply", "Chiara", M, scene=meta_scenes.commented_on_page, dated=True, values={"text": "At seven."}),
    _form("report", "Chiara", M, scene=scenes.commented, values={"reason": "spam"}),
)
TEAM = (
    _command("help", "Ada"),
    _command("home", "Ada"),
    _command("status", "Ada"),
    _command("accounts", "Ada"),
    _command("cancel", "Ada"),
    _command("language", "Ada", text="it"),
    _command("zone", "Ada", text="Europe/Rome"),
    _command("link", "Ada", scene=scenes.half_linked),
    _command("unlink", "Ada", text="telegram"),
    _command("unlink", "Dario", D, text="telegram Ada"),
    _command("invite", "Dario", D, scene=scenes.newcomer, text="Ida"),
    _command("team", "Ada"),
    _command("team", "Dario", D, text="add Ida author"),
    _command("team", "Dario", D, text="role Ada +publisher"),
    _command("team", "Dario", D, text="rename Ada, Ada Rossi"),
    _command("team", "Dario", D, text="remove Ada"),
    _command("log", "Ada", scene=scenes.drafted, text=ABOUT),
    _command("log", "Dario", D, scene=scenes.newcomer, text="Ida"),
    _command("log", "Dario", D),
    _button("home", "Ada"),
    _button("check_access", "Dario", D, value="acme"),
    _button("same_account", "Dario", D, scene=scenes.strange, value="acme"),
    _button("drop_token", "Dario", D, scene=scenes.strange, value="acme"),
    _command("connect", "Dario", D, scene=scenes.connectable, text="acme"),
    _button("connect", "Dario", D, scene=scenes.connectable, value="acme"),
    _button("connect_to", "Dario", D, scene=scenes.agreed_to, value="1.0"),
    _button("status", "Ada"),
    _button("language", "Ada", value="it"),
    _button("zone", "Ada", value="Europe/Rome"),
    _button("team", "Ada"),
    _button("log", "Ada", scene=scenes.drafted),
    _button("log", "Dario", D, scene=scenes.newcomer),
    _button("log", "Dario", D),
    _button("invite", "Dario", D, scene=scenes.newcomer),
    _button("add_member", "Dario", D, new=True),
    _button("member_roles", "Dario", D, scene=scenes.newcomer),
    _button("remove_member", "Dario", D, scene=scenes.newcomer),
    _form("add_member", "Dario", D, values={"name": "Ida", "roles": ["author"]}),
    _form("member_roles", "Dario", D, scene=scenes.newcomer, values={"roles": ["publisher"]}),
)
PAGES = (
    _command("page", "Ada", scene=meta_scenes.with_page, text="bakery"),
    _button("page_look", "Ada", scene=meta_scenes.with_page),
    _button("page_change", "Dario", D, scene=meta_scenes.with_page),
    _button("page_show", "Ada", scene=meta_scenes.page_proposed),
    _button("page_accept", "Bruno", V, D, scene=meta_scenes.page_proposed, dated=True),
    _button("page_drop", "Bruno", V, D, scene=meta_scenes.page_proposed, dated=True),
    _button("page_retry", "Dario", D, scene=meta_scenes.page_failed, dated=True),
    _button("page_leave", "Dario", D, scene=meta_scenes.page_changing, dated=True),
    _form("page_change", "Dario", D, scene=meta_scenes.page_proposed, dated=True, values={"about": "Cake"}),
)
AUDIENCES = (
    _command("audiences", "Ada", scene=meta_scenes.with_page, text="bakery"),
    _button("audience", "Bruno", B, scene=meta_scenes.with_page, value="bakery/page", new=True),
    _button("audience_show", "Ada", scene=meta_scenes.audience_proposed),
    _button("audience_look", "Ada", scene=meta_scenes.audience_proposed),
    _button("audience_accept", "Bruno", B, D, scene=meta_scenes.audience_proposed, dated=True),
    _button("audience_drop", "Bruno", B, D, scene=meta_scenes.audience_proposed, dated=True),
    _button("audience_retry", "Bruno", B, scene=meta_scenes.audience_failed, dated=True),
    _form(
        "audience",
        "Bruno",
        B,
        scene=meta_scenes.with_page,
        new=True,
        value="bakery/page",
        values={"name": "Regulars", "days": "30"},
    ),
)
WISHERS = (A, P, B)
WISH = {"amount": "20", "per": "total", "days": "3", "goal": "reach", "countries": "CH"}
BOOSTS = (
    _command("boost", "Ada", *WISHERS, scene=meta_scenes.boosted, text=ABOUT),
    _button("boost", "Ada", *WISHERS, scene=meta_scenes.boostable),
    _button("boost_edit", "Ada", *WISHERS, scene=meta_scenes.boost_wished, dated=True),
    _button("boost_ask", "Ada", scene=meta_scenes.boost_wished, dated=True),
    _button("boost_withdraw", "Bruno", B, D, scene=meta_scenes.boost_wished, dated=True),
    _button("boost_withdraw", "Ada", scene=meta_scenes.boost_wished, dated=True),
    _button("boost_approve", "Bruno", B, scene=meta_scenes.boost_wished, dated=True),
    _button("boost_refuse", "Bruno", B, scene=meta_scenes.boost_wished, dated=True),
    _button("boost_retry", "Bruno", B, scene=meta_scenes.boost_failed, dated=True),
    _button("boost_open", "Ada", scene=meta_scenes.boost_wished),
    _button("boost_look", "Bruno", B, scene=meta_scenes.boost_unsure, dated=True),
    _button("boost_pause", "Ada", scene=meta_scenes.boost_running),
    _button("boost_resume", "Bruno", B, scene=meta_scenes.boost_paused, dated=True),
    _button("boost_stop", "Ada", scene=meta_scenes.boost_running),
    _button("boost_is_stopped", "Bruno", B, D, scene=meta_scenes.boost_unconfirmed, dated=True),
    _button("boost_extend", "Ada", *WISHERS, scene=meta_scenes.boost_running, dated=True),
    _button("stray_stop", "Ada", scene=meta_scenes.strayed, value="D900 1202"),
    _form("boost", "Ada", *WISHERS, scene=meta_scenes.boostable, values=WISH),
    _form("boost", "Ada", *WISHERS, scene=meta_scenes.boost_wished, dated=True, values=WISH),
    _form("boost_refuse", "Bruno", B, scene=meta_scenes.boost_wished, dated=True, values={"note": "No"}),
    _form(
        "boost_extend",
        "Ada",
        *WISHERS,
        scene=meta_scenes.boost_running,
        dated=True,
        values={"amount": "40", "days": "4"},
    ),
)
RULES = (*POSTS, *COMMENTS, *PAGES, *AUDIENCES, *BOOSTS, *TEAM)
#: Commands that people outside the team may type: how to become a member.
STRANGERS = frozenset({"help", "home", "link"})
