"""Where a publication stands: in words on the post's card, and the buttons that are about it alone."""

from collections.abc import Iterator

from handlers.cards import Button, Tone
from handlers.delivery.access import NO_ACCESS, OtherIdentity
from handlers.desk import Desk
from handlers.posts import acts
from handlers.posts.content import title_of
from handlers.posts.holding import DISAGREED, STOPPED
from handlers.posts.sending import ABANDONED, LEAVINGS, revision_of
from handlers.times.when import describe
from models.delivery import IN_THE_AIR, Delivery, DeliveryState
from models.lane import free_at
from models.publication import Publication
from models.stop import stop_of
from platforms.contract import Boosts, Deletes

D = DeliveryState


def parts_there(desk: Desk, publication: Publication) -> str:
    """How much of a chain stands there: "1 of 3 parts stand there"."""
    whole = len(revision_of(desk, publication).content.parts(publication.account))
    return desk.room_t.n(
        "{count} of {whole} parts stands there",
        "{count} of {whole} parts stand there",
        len(publication.part_ids),
        whole=whole,
    )


def state_of(desk: Desk, publication: Publication, delivery: Delivery) -> str:
    """The publication's state in a few words."""
    if not publication.is_in_part:
        return _way(desk, publication, delivery)
    there = parts_there(desk, publication)
    if delivery.state == D.CANCELLED:
        return there
    return f"{there}; {_way(desk, publication, delivery)}"


def _way(desk: Desk, publication: Publication, delivery: Delivery) -> str:
    t = desk.room_t
    zone = delivery.zone or desk.setup.zone
    reason = t(delivery.reason or delivery.error).rstrip(". ")
    match DeliveryState(delivery.state):
        case D.DONE if publication.removed_at:
            return t("taken down {when}", when=describe(publication.removed_at, zone, t.lang))
        case D.DONE if publication.published_at:
            marks = [t("closed for comments")] if publication.comments_closed else []
            marks += [t("reposted")] if publication.reposted else []
            when = describe(publication.published_at, zone, t.lang)
            return "; ".join([t("published {when}", when=when), *marks])
        case D.WAITING if delivery.error:
            again = free_at(desk.session, (delivery.lane, delivery.part), delivery.due_at)
            return t("waiting: {reason}. Next try {when}.", reason=reason, when=describe(again, zone, t.lang))
        case D.WAITING if stop_of(desk.session, publication.account):
            return t("will be held at its time: this account is stopped")
        case D.WAITING:
            return t("goes out {when}", when=describe(delivery.due_at, zone, t.lang))
        case D.HELD:
            return _held(desk, delivery)
        case D.SENDING:
            return t("is going out")
        case D.UNSURE if delivery.is_asked:
            return t("nobody knows whether it stands there: please look")
        case D.UNSURE:
            return t("no sure answer came; I am looking whether it stands there")
        case D.FAILED if delivery.error == ABANDONED:
            return t("left as it is; nobody knows whether it stands there")
        case D.FAILED if delivery.error in LEAVINGS:
            return t("left as it is; not published: {reason}", reason=reason)
        case _:
            return t("not published: {reason}", reason=reason)


def _held(desk: Desk, delivery: Delivery) -> str:
    t = desk.room_t
    if delivery.error == STOPPED:
        return t("held: this account is stopped")
    if delivery.error == OtherIdentity.__name__:
        return t("held: the token of this account is another's; it goes on by itself when it has its own again")
    if delivery.error in NO_ACCESS:
        return t("held: access to this account is lost; it goes on by itself when that works again")
    if delivery.error in DISAGREED:
        return t(DISAGREED[delivery.error])
    return t("held: its hour is over; publish it now or give it another")


def settle_buttons(desk: Desk, publication: Publication, delivery: Delivery) -> Iterator[Button]:
    """What a member can do about a publication that failed or of which nobody knows whether it stands."""
    t = desk.room_t
    subject, fence = publication.code, delivery.fence
    name = title_of(desk, publication.account)
    if delivery.is_asked:
        send = t(
            "Send {post} to {account} again? If it stands there after all, it will stand twice.",
            post=delivery.subject,
            account=name,
        )
        yield Button(verb="live", label=t("It is live"), subject=subject, revision=fence)
        yield Button(
            verb="resend",
            label=t("It is not, send it"),
            subject=subject,
            revision=fence,
            tone=Tone.DANGER,
            confirm=send,
        )
        yield Button(verb="leave", label=t("Leave it"), subject=subject, revision=fence)
    elif delivery.state == D.FAILED and delivery.error not in LEAVINGS:
        yield Button(verb="retry", label=t("Retry"), subject=subject, revision=fence, tone=Tone.PRIMARY)
        if not publication.is_in_part:
            yield Button(verb="edit", label=t("Edit"), subject=delivery.subject)
        yield Button(verb="leave", label=t("Leave"), subject=subject, revision=fence)


def standing_buttons(desk: Desk, publication: Publication, delivery: Delivery) -> Iterator[Button]:
    """What can be done with what stands on a network, the whole or its first parts; nothing while it is in the air."""
    there = publication.is_in_part or (delivery.state == D.DONE and publication.removed_at is None)
    if not there or delivery.state in IN_THE_AIR:
        return
    t, name = desk.room_t, title_of(desk, publication.account)
    if publication.url:
        yield Button(verb="see", label=t("Open on {account}", account=name), url=publication.url)
    if not publication.remote_id:
        yield Button(verb="address", label=t("Add its link · {account}", account=name), subject=publication.code)
    if not publication.is_in_part:
        yield from acts.buttons(desk, publication)
    account = desk.setup.accounts.get(publication.account)
    whole = publication.remote_id and publication.published_at
    if account and whole and account.platform.can.boosts and isinstance(account.platform, Boosts):
        yield Button(verb="boost", label=t("Boost on {account}", account=name), subject=publication.code)
    if account and publication.remote_id and account.platform.can.deletes and isinstance(account.platform, Deletes):
        part = t("Delete what stands on {account}", account=name)
        yield Button(
            verb="delete",
            label=part if publication.is_in_part else t("Delete on {account}", account=name),
            subject=publication.code,
            tone=Tone.DANGER,
            confirm=t("Delete it on {account} for everybody? That cannot be undone.", account=name),
        )
