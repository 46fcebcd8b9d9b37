"""What differs between two states of a post, in a few lines that people can read."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from handlers.cards import Paragraph, Span, Style, paragraph, text
from handlers.desk import Desk
from handlers.posts.content import FORMATS, title_of
from models.post import Content

#: Unchanged characters shown around a change, and the longest shown run of changed ones.
AROUND, RUN = 40, 300
#: Changes of a text that are shown; more are counted.
MOST = 6
#: Pieces of a text that are compared precisely.
PRECISE = 1000


def difference(desk: Desk, old: Content, new: Content) -> Iterator[Paragraph]:
    """What changed, a paragraph for each kind of thing."""
    t = desk.room_t
    if old.text != new.text:
        yield from _texts(desk, t("Text"), old.text, new.text)
    for name in sorted({*old.wording, *new.wording}):
        before, after = old.wording.get(name, old.text), new.wording.get(name, new.text)
        if old.wording.get(name) != new.wording.get(name):
            yield from _texts(desk, t("Text on {account}", account=title_of(desk, name)), before, after)
    if old.first_comment != new.first_comment:
        yield from _texts(desk, t("First comment"), old.first_comment, new.first_comment)
    for label, before, after in (
        (t("Link"), old.link, new.link),
        (t("Content warning"), old.warning, new.warning),
        (t("Visibility"), old.visibility, new.visibility),
        (t("Language"), old.language, new.language),
        (t("Format"), t(FORMATS[old.format]), t(FORMATS[new.format])),
        (t("Accounts"), _titles(desk, old), _titles(desk, new)),
    ):
        if before != after:
            yield paragraph(t("{what}: {before} → {after}", what=label, before=before or "–", after=after or "–"))
    yield from _media(desk, old, new)


def _titles(desk: Desk, content: Content) -> str:
    return ", ".join(title_of(desk, name) for name in content.accounts)


def _media(desk: Desk, old: Content, new: Content) -> Iterator[Paragraph]:
    t = desk.room_t
    had, has = {u.media_id: u for u in old.media}, {u.media_id: u for u in new.media}
    if added := len(has.keys() - had.keys()):
        yield paragraph(t.n("{count} file added", "{count} files added", added))
    if gone := len(had.keys() - has.keys()):
        yield paragraph(t.n("{count} file taken out", "{count} files taken out", gone))
    for media_id in (m for m in has if m in had):
        before, after = had[media_id].alt, has[media_id].alt
        if before != after:
            yield paragraph(
                t("{what}: {before} → {after}", what=t("Alt text"), before=before or "–", after=after or "–")
            )
    if list(had) != list(has) and had.keys() == has.keys():
        yield paragraph(t("The files are in another order."))


def _texts(desk: Desk, label: str, old: str, new: str) -> Iterator[Paragraph]:
    """The changed words between the unchanged ones around them: taken out in −, put in with +."""
    yield Paragraph(spans=(text(label, Style.BOLD),))
    before, after = _words(old), _words(new)
    # Without its short cuts the matcher takes minutes for long texts.
    blocks = SequenceMatcher(a=before, b=after, autojunk=len(before) > PRECISE).get_opcodes()
    changes = [block for block in blocks if block[0] != "equal"]
    for _tag, a, b, c, d in changes[:MOST]:
        spans: list[Span] = []
        above, below = "".join(before[:a]).rstrip(), "".join(before[b:]).strip()
        if lead := above[-AROUND:].rpartition("\n")[2]:
            spans.append(text(lead if lead == above else f"… {lead}"))
        if taken := "".join(before[a:b]).strip():
            spans.append(text(f" − {_cut(taken)}", Style.ITALIC))
        if put := "".join(after[c:d]).strip():
            spans.append(text(f" + {_cut(put)}", Style.BOLD))
        if tail := below[:AROUND].partition("\n")[0]:
            spans.append(text(f" {tail}" if tail == below else f" {tail} …"))
        yield Paragraph(spans=tuple(spans) or (text("…"),), quote=True)
    if len(changes) > MOST:
        yield paragraph(desk.room_t("… and {count} more changes", count=len(changes) - MOST))


def _words(words: str) -> list[str]:
    """The text in pieces that joined again give the text: words with the space before them, line ends alone."""
    pieces: list[str] = [""]
    for letter in words:
        if letter == "\n":
            pieces += ["\n", ""]
        elif letter.isspace() and pieces[-1] and not pieces[-1][-1].isspace():
            pieces.append(letter)
        else:
            pieces[-1] += letter
    return [piece for piece in pieces if piece]


def _cut(words: str) -> str:
    return words if len(words) <= RUN else f"{words[:RUN]}…"
