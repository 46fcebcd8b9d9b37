"""Taking a publication down again."""

from datetime import timedelta

from models.member import named
from models.publication import Publication
from support.bench import DeskBench
from support.posts import approved, published

POSTING = "POST /api/v1/statuses"


def labels(bench: DeskBench) -> list[str]:
    return [button.label for button in bench.card("P1").buttons]


def failed(bench: DeskBench) -> None:
    """P1 refused by the network."""
    approved(bench)
    bench.mastodon.fault(POSTING, "status", status=422, body='{"error": "Text is banned here"}')
    bench.press("Bruno", "Publish now", "P1")


def unsure(bench: DeskBench, kind: str) -> None:
    """P1 of which nobody knows whether it stands."""
    approved(bench)
    bench.mastodon.fault(POSTING, kind)
    hidden = '{"error": "This is hidden"}'
    bench.mastodon.fault("GET /api/v1/accounts/*/statuses", "status", status=403, times=50, body=hidden)
    bench.press("Bruno", "Publish now", "P1")
    bench.wait(timedelta(seconds=50))


# -- taken down


def test_a_publication_is_deleted_by_a_publisher_who_confirms(bench: DeskBench) -> None:
    published(bench, "One\n---\nTwo")
    button = bench.button("Delete on acme", "U1")
    assert button.confirm == "Delete it on acme for everybody? That cannot be undone."
    bench.act(bench.pressed("Ada", button))
    assert "role “publisher”" in bench.whispered("Ada")
    bench.act(bench.pressed("Bruno", button))
    assert bench.public() == []
    assert bench.told()[-1] == "P1 was taken down from acme."
    assert "acme: taken down Mon 23 Nov 2026" in bench.shown("P1")
    assert labels(bench) == []
    bench.act(bench.pressed("Bruno", button))
    assert "is being taken down from acme already, or is gone" in bench.whispered("Bruno")


def test_a_deletion_that_fails_is_told_and_can_be_tried_again(bench: DeskBench) -> None:
    published(bench)
    bench.mastodon.act("settings", scopes={"acme": "read"})
    button = bench.button("Delete on acme", "U1")
    bench.act(bench.pressed("Bruno", button))
    assert "P1 could not be taken down from acme" in bench.told()[-1]
    bench.mastodon.act("settings", scopes={"acme": "read write"})
    bench.reshape(accounts={"acme": bench.account("acme")})
    bench.act(bench.pressed("Bruno", button))
    assert bench.public() == []


def test_a_deletion_whose_answer_was_lost_is_repeated(bench: DeskBench) -> None:
    published(bench)
    bench.mastodon.fault("DELETE /api/v1/statuses/*", "drop_after")
    bench.press("Bruno", "Delete on acme", "U1")
    for _ in range(3):
        bench.wait(timedelta(minutes=1))
    assert bench.public() == []
    assert "was taken down" in bench.told()[-1]


def test_what_never_stood_there_is_not_deleted(bench: DeskBench) -> None:
    failed(bench)
    button = bench.button("Retry", "U1").model_copy(update={"verb": "delete"})
    bench.act(bench.pressed("Bruno", button))
    assert bench.whispered("Bruno") == "There is no U1 here."


def test_where_nothing_can_be_deleted_it_is_said(bench: DeskBench) -> None:
    unsure(bench, "drop_after")
    bench.press("Bruno", "It is live", "U1")
    button = bench.button("It is live", "U1").model_copy(update={"verb": "delete"})
    bench.act(bench.pressed("Bruno", button))
    assert bench.whispered("Bruno") == "I cannot delete anything on acme. Delete it there by hand."


# -- what was ordered is what is taken down ----------------------------------------------------------------------------


def held(bench: DeskBench) -> None:
    """Bruno wants P1 down, and the account's access is lost."""
    published(bench)
    bench.mastodon.act("settings", revoke_token="acme")
    bench.press("Bruno", "Delete on acme", "U1")


def regained(bench: DeskBench) -> None:
    bench.mastodon.act("settings", restore_token="acme")
    for _ in range(2):
        bench.wait(timedelta(minutes=3))


def test_a_deletion_takes_down_what_it_was_ordered_for_or_nothing(bench: DeskBench) -> None:
    published(bench, "Another")
    other = bench.public()[0]["id"]
    published(bench, "To be taken down")
    bench.mastodon.act("settings", revoke_token="acme")
    bench.press("Bruno", "Delete on acme", "U2")
    with bench.store.write() as session:
        found = session.get_one(Publication, 2)
        found.remote_id, found.part_ids = other, [other]
    regained(bench)
    assert len(bench.public()) == 2
    assert "it is not the publication any more whose deletion was ordered" in bench.told()[-1]


def test_a_held_deletion_is_not_done_for_who_may_not_order_it_any_more(bench: DeskBench) -> None:
    held(bench)
    with bench.store.write() as session:
        named(session, "Bruno").roles = []
    regained(bench)
    assert len(bench.public()) == 1
    assert "Bruno ordered this and does not have the role “publisher” any more." in bench.told()[-1]
    bench.press("Dario", "Delete on acme", "U1")
    assert bench.public() == []
