"""The desk brought to where something can be done; each scene returns the code of what it is about."""

from collections.abc import Callable
from datetime import timedelta

from handlers.intents import Pressed
from handlers.setup import LoginOffer
from models.account import Account, Stranger
from models.consent import Consent
from models.credential import Found
from models.member import named
from support.inbox_bench import InboxBench
from support.posts import draft, submitted

Scene = Callable[[InboxBench], str]

POSTING = "POST /api/v1/statuses"
READING = "GET /api/v1/accounts/*/statuses"


def nothing(desk: InboxBench) -> str:
    """A team, and nothing done yet."""
    return ""


# -- posts: each has a second revision, so that there is an old one ----------------------------------------------------


def drafted(desk: InboxBench) -> str:
    """Ada's draft with a picture."""
    code = draft(desk, "Hello", files=(desk.picture(),), alt="a red square")
    desk.say("Ada", f"edit {code} Hello, world")
    return code


def in_review(desk: InboxBench) -> str:
    """Submitted by Ada."""
    code = drafted(desk)
    desk.press("Ada", "Submit", code)
    return code


def unshown(desk: InboxBench) -> str:
    """Submitted with a file that can be opened in a browser."""
    desk.reshape(open_file=lambda *_about: "https://bot.example/open/x")
    return submitted(desk, "Look", files=(desk.picture("film.png"),))


def approved(desk: InboxBench) -> str:
    """Approved by Bruno."""
    code = in_review(desk)
    desk.press("Bruno", "Approve", code)
    return code


def planned(desk: InboxBench) -> str:
    """Approved, and Bruno gave it an hour."""
    code = approved(desk)
    desk.say("Bruno", f"schedule {code} tomorrow 9:00")
    return code


def withdrawn(desk: InboxBench) -> str:
    """Taken back by Ada."""
    code = drafted(desk)
    desk.say("Ada", f"withdraw {code}")
    return code


def standing(desk: InboxBench) -> str:
    """A publication that is on the network."""
    desk.press("Bruno", "Publish now", approved(desk))
    return "U1"


def reposted(desk: InboxBench) -> str:
    """One that Bruno reposted."""
    code = standing(desk)
    desk.press("Bruno", "Repost on acme", code)
    return code


def deletion_held(desk: InboxBench) -> str:
    """A publication that Bruno wanted to take down while the network refuses the account."""
    code = standing(desk)
    desk.mastodon.act("settings", revoke_token="acme")
    desk.press("Bruno", "Delete on acme", code)
    return f"D{desk.deliveries('deletion')[0].number}"


def refused(desk: InboxBench) -> str:
    """A publication that the network refused."""
    code = approved(desk)
    desk.mastodon.fault(POSTING, "status", status=422, body='{"error": "Text is banned here"}')
    desk.press("Bruno", "Publish now", code)
    return "U1"


def unsure(desk: InboxBench) -> str:
    """A publication of which nobody knows whether it stands."""
    code = approved(desk)
    desk.mastodon.fault(POSTING, "drop_before")
    desk.mastodon.fault(READING, "status", status=403, times=50, body='{"error": "This is hidden"}')
    desk.press("Bruno", "Publish now", code)
    desk.wait(timedelta(minutes=2))
    desk.mastodon.calm()
    return "U1"


def without_address(desk: InboxBench) -> str:
    """A publication that Bruno found live."""
    code = unsure(desk)
    desk.press("Bruno", "It is live", code)
    return code


def stopped(desk: InboxBench) -> str:
    """Bruno stopped an account."""
    desk.say("Bruno", "stop acme")
    return ""


# -- comments ----------------------------------------------------------------------------------------------------------


def commented(desk: InboxBench) -> str:
    """Nora's comment."""
    desk.commented()
    return "C1"


def done(verb: str) -> Scene:
    """Nora's comment, with which Chiara did that."""

    def scene(desk: InboxBench) -> str:
        code = commented(desk)
        desk.act(Pressed(origin=desk.origin("Chiara"), verb=verb, subject=code))
        return code

    return scene


def previewed(desk: InboxBench) -> str:
    """Chiara's reply, not sent yet."""
    commented(desk)
    desk.preview()
    return "R1"


def reply_refused(desk: InboxBench) -> str:
    """Chiara's reply that the network refused."""
    commented(desk)
    desk.mastodon.fault(POSTING, "status", status=422, body='{"error": "Text is rude"}')
    desk.replied()
    return "R1"


def reply_unsure(desk: InboxBench) -> str:
    """Chiara's reply of which nobody knows whether it stands."""
    commented(desk)
    desk.mastodon.fault(POSTING, "drop_before")
    desk.replied()
    desk.mastodon.fault(READING, "status", status=403, body='{"error": "This action is not allowed"}', times=9)
    desk.settle()
    desk.mastodon.calm()
    return "R1"


def act_refused(desk: InboxBench) -> str:
    """Chiara's like that the network refused."""
    desk.mastodon.fault("POST */favourite", "status", status=403, body='{"error": "This action is not allowed"}')
    done("like")(desk)
    return f"D{desk.deliveries('act')[0].number}"


def report_unsure(desk: InboxBench) -> str:
    """Chiara's report of which nobody knows whether it was received."""
    done("report")(desk)
    desk.mastodon.fault("POST /api/v1/reports", "drop_before")
    desk.fill("Chiara", desk.form, reason="spam")
    desk.settle()
    return f"D{desk.deliveries('act')[0].number}"


# -- the team ----------------------------------------------------------------------------------------------------------


def newcomer(desk: InboxBench) -> str:
    """Ida, who is in no chat yet."""
    desk.say("Dario", "team add Ida author")
    return "M6"


def half_linked(desk: InboxBench) -> str:
    """Ada is in one chat only."""
    desk.say("Ada", "unlink telegram")
    return "M1"


# -- accounts ----------------------------------------------------------------------------------------------------------


def strange(desk: InboxBench) -> str:
    """The token of acme is another identity's."""
    other = {"platform": "mastodon", "server": "", "remote_id": "999", "handle": "other", "name": "Other"}
    with desk.store.write() as session:
        account = session.get_one(Account, "acme")
        account.remote_id = account.remote_id or "1"
        account.meet_stranger(Stranger(**other, url="https://social.example/@other", mark="salt$1"), desk.now)
        account.others = 0  # which the button carries
    return ""


def connectable(desk: InboxBench) -> str:
    """Their network has a login, and can come back to us."""
    offer = LoginOffer("Mastodon", {}, has_app=True, has_key=True, address=lambda secret: f"https://s.example/{secret}")
    desk.reshape(logins={"mastodon": offer})
    return ""


def agreed_to(desk: InboxBench) -> str:
    """Dario agreed, and may choose which of two identities acme is."""
    connectable(desk)
    with desk.store.write() as session:
        dario = named(session, "Dario")
        consent, _ = Consent.begin(platform="mastodon", account="acme", member_id=dario.id, origin={}, now=desk.now)
        consent.spend(desk.now)
        consent.identities(
            tuple(Found(remote_id=name, handle=name, name=name, sealed="sealed") for name in ("acme", "ida")), desk.now
        )
        session.add(consent)
    return ""
