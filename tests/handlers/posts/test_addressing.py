"""The address of a publication that a member found live."""

from datetime import timedelta

from support.bench import DeskBench
from support.posts import approved

LOOK = timedelta(seconds=50)


def found_live(bench: DeskBench) -> None:
    """P1, whose answer was lost, and of which a member says that it is live."""
    approved(bench)
    bench.mastodon.fault("POST /api/v1/statuses", "drop_after")
    bench.mastodon.fault("GET /api/v1/accounts/*/statuses", "status", status=403, times=50, body='{"error": "hidden"}')
    bench.press("Bruno", "Publish now", "P1")
    bench.wait(LOOK)
    bench.press("Bruno", "It is live", "U1")


def labels(bench: DeskBench) -> list[str]:
    return [button.label for button in bench.card("P1").buttons]


def test_a_member_adds_the_address_of_what_was_found_live_and_it_can_be_deleted_again(bench: DeskBench) -> None:
    found_live(bench)
    bench.press("Bruno", "Add its link · acme", "U1")
    bench.fill("Bruno", bench.form, link="https://elsewhere.example/@acme/1")
    assert bench.handled.refusal == "That is not the address of a post of acme. Copy it once more."
    assert bench.handled.field == "link"
    bench.press("Bruno", "Add its link · acme", "U1")
    form, url = bench.form, bench.public()[0]["url"]
    bench.fill("Bruno", form, link=url)
    assert bench.told()[-1] == f"Bruno found P1 on acme: {url}"
    assert labels(bench) == ["Open on acme", "Repost on acme", "Delete on acme"]
    bench.fill("Bruno", form, link=url)
    assert bench.whispered("Bruno") == "That was settled already; open the post again to see how."
    bench.press("Bruno", "Delete on acme", "U1")
    assert bench.public() == []
