"""What a publication can be, and how its link is shown, account by account."""

from support.bench import DeskBench
from support.meta_bench import page_of
from support.posts import draft, published, submitted
from support.stage import Stage


def names(bench: DeskBench) -> list[str]:
    return [field.name for field in bench.form.fields]


def test_only_where_an_account_has_formats_the_form_asks_for_one(bench: DeskBench) -> None:
    bench.say("Ada", "post Hello")
    assert not {"format", "first_comment"} & set(names(bench))


def test_the_form_asks_for_format_and_first_comment_where_some_account_can(bakery: DeskBench) -> None:
    bakery.say("Ada", "post Hello")
    (field,) = (field for field in bakery.form.fields if field.name == "format")
    assert [(option.value, option.label) for option in field.options] == [
        ("post", "Post"),
        ("reel", "Reel"),
        ("story", "Story"),
    ]
    assert field.value == "post"
    assert "first_comment" in names(bakery)


def test_a_story_is_published_as_one(bakery: DeskBench, meta: Stage) -> None:
    published(bakery, "", accounts=("bakery",), files=(bakery.picture(),), format="story")
    (story,) = page_of(meta)["stories"]
    assert story["media"]
    assert "Format: Story" in bakery.shown("P1")


def test_a_reel_without_a_film_is_refused_where_the_files_are(bakery: DeskBench) -> None:
    bakery.say("Ada", "post Hello")
    handled = bakery.fill("Ada", bakery.form, accounts=("bakery",), format="reel")
    assert handled.field == "files"
    assert "A reel is one video and nothing else" in handled.refusal


def test_an_account_without_the_format_is_named(bakery: DeskBench) -> None:
    bakery.say("Ada", "post Hello")
    handled = bakery.fill("Ada", bakery.form, format="story", files=(bakery.picture(),), accounts=("acme", "bakery"))
    assert handled.field == "format"
    assert "acme: This account takes no stories" in handled.refusal


def test_a_format_nobody_offered_is_refused(bakery: DeskBench) -> None:
    bakery.say("Ada", "post Hello")
    assert bakery.fill("Ada", bakery.form, format="poster").field == "format"


def test_a_story_gets_no_first_comment(bakery: DeskBench) -> None:
    files = (bakery.picture(),)
    draft(bakery, "", accounts=("bakery",), files=files, format="story", first_comment="Hi")
    assert "Nobody can comment on a story: the first comment is left out." in bakery.shown("P1")


def test_a_link_is_shown_beside_the_text_where_the_network_can(bakery: DeskBench, meta: Stage) -> None:
    published(bakery, "News", accounts=("acme", "bakery"), link="https://bakery.example/news")
    (post,) = page_of(meta)["posts"]
    assert post["text"] == "News"
    assert post["link"] == "https://bakery.example/news"
    assert bakery.public()[0]["text"] == "News\n\nhttps://bakery.example/news"


def test_what_changed_is_told(bakery: DeskBench) -> None:
    submitted(bakery, accounts=("bakery",), files=(bakery.picture(),), first_comment="One")
    bakery.press("Ada", "Edit", "P1")
    bakery.fill("Ada", bakery.form, format="story", text="", first_comment="Two")
    told = bakery.told()[-1]
    assert "Format: Post → Story" in told
    assert "First comment\n" in told
