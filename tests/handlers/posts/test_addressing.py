"""The address of a publication that a member found live."""

from datetime import timedelta

from support.bench import DeskBench
from support.meta_bench import add_gram, gram_of
from support.posts import approved, stands
from support.stage import Stage

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


def without_address(bench: DeskBench, meta: Stage, words: str = "Hello") -> str:
    """Where P1 stands on Gram, which nobody has told and this process has not seen."""
    add_gram(bench, meta)
    stands(bench, "gram", "")
    bench.say("Ada", "open P1", room="CREVIEW", message_id="")
    meta.act("instagram/post", text=words)
    meta.act("instagram/post", text="a newer one")
    return str(next(media["url"] for media in gram_of(meta)["media"] if media["text"] == words))


def tell_address(bench: DeskBench, url: str) -> None:
    bench.press("Bruno", "Add its link · Gram", "U1")
    bench.fill("Bruno", bench.form, link=url)


def test_an_address_that_hides_the_id_is_looked_for_among_the_posts_of_the_account(
    bench: DeskBench, meta: Stage
) -> None:
    url = without_address(bench, meta)
    tell_address(bench, url)
    assert bench.whispered("Bruno") == "I look for it among the posts of Gram."
    assert bench.told()[-1] == f"Bruno found P1 on Gram: {url}"
    assert labels(bench)[:2] == ["Open on Gram", "Close comments · Gram"]
    assert bench.actions()[-1] == "told_address"


def test_who_tells_an_address_hears_what_was_looked_through_in_vain(bench: DeskBench, meta: Stage) -> None:
    elsewhere = without_address(bench, meta).rsplit("/", 1)[0] + "/17900000000000000"
    tell_address(bench, elsewhere)
    told = f"{elsewhere} is not among the newest 500 posts of Gram. Copy the link of the post itself."
    assert bench.direct("Bruno") == [told]
    assert "Add its link · Gram" in labels(bench)


def test_no_network_is_asked_for_what_is_no_address_there(bench: DeskBench, meta: Stage) -> None:
    without_address(bench, meta)
    tell_address(bench, "https://elsewhere.example/p/DAbc123/")
    assert bench.handled.refusal == "That is not the address of a post of Gram. Copy it once more."
    assert bench.deliveries("address") == []


def test_a_search_that_the_network_does_not_allow_is_told(bench: DeskBench, meta: Stage) -> None:
    url = without_address(bench, meta)
    refusal = '{"error": {"message": "Not for this app", "code": 10}}'
    meta.fault("GET /facebook/v26.0/*/media", "status", status=400, body=refusal)
    tell_address(bench, url)
    told = "The posts of Gram could not be looked through: Not for this app. Add the link again later."
    assert bench.direct("Bruno") == [told]
    tell_address(bench, url)
    assert bench.told()[-1] == f"Bruno found P1 on Gram: {url}"


def test_two_who_tell_the_same_address_find_it_once(bench: DeskBench, meta: Stage) -> None:
    url = without_address(bench, meta)
    meta.fault("GET /facebook/v26.0/*/media", "drop_before", times=4)
    tell_address(bench, url)
    tell_address(bench, url)
    bench.wait(timedelta(minutes=5))
    assert [told for told in bench.told() if "found P1" in told] == [f"Bruno found P1 on Gram: {url}"]
    assert bench.direct("Bruno") == []
