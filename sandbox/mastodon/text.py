"""Plain text of a status: how long it counts, whom it mentions, and the HTML it becomes (networks.md 5.4)."""

import html
from collections.abc import Callable
from dataclasses import dataclass

import regex

#: Characters that every http(s) link counts, however long it is.
LINK_LENGTH = 23
#: Characters of a link that are shown before it is cut with an ellipsis.
SHOWN_LINK = 30

_LINK = regex.compile(
    r"(?<![\w@#$/])https?://(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]*[\p{L}\p{N}](?::\d+)?"
    r"(?:[/?#][^\s<>\"]*)?",
    regex.IGNORECASE,
)
_MENTION = regex.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[a-z0-9_.-]*[a-z0-9_]+)?)(@[\w.-]+\w)?", regex.IGNORECASE)
_HASHTAG = regex.compile(r"(?<![=/\w&])#((?:\w)*[\p{L}_](?:\w)*)")
_PREFIX = regex.compile(r"https?://(?:www\.)?", regex.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """One stretch of a text: plain, link, mention or hashtag; `value` is the link, handle (without @) or tag."""

    kind: str
    start: int
    end: int
    value: str


def length(text: str, warning: str = "") -> int:
    """Graphemes as Mastodon counts them: links are 23, @name@domain counts as @name, the content warning counts."""
    shrunk = _spliced(text, [(p.start, p.end, "x" * LINK_LENGTH) for p in _links(text)])
    shrunk = _MENTION.sub(r"@\1", shrunk)
    return len(regex.findall(r"\X", warning + shrunk))


def pieces(text: str) -> list[Piece]:
    """Links, mentions and hashtags of the text in order; they never overlap (a link wins)."""
    found = _links(text)
    taken = [(p.start, p.end) for p in found]
    for kind, pattern in (("mention", _MENTION), ("hashtag", _HASHTAG)):
        for match in pattern.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                found.append(Piece(kind, match.start(), match.end(), match.group().lstrip("@#")))
                taken.append((match.start(), match.end()))
    return sorted(found, key=lambda piece: piece.start)


def to_html(text: str, profile: Callable[[str], str | None], tag_page: str) -> str:
    """The `content` of a status; `profile` gives a handle's page or None for nobody, `tag_page` ends before the tag."""
    if not text.strip():
        return ""
    out, at = [], 0
    for piece in pieces(text):
        out.append(html.escape(text[at : piece.start]).replace("&#x27;", "&#39;"))
        out.append(_anchor(piece, text[piece.start : piece.end], profile, tag_page))
        at = piece.end
    out.append(html.escape(text[at:]).replace("&#x27;", "&#39;"))
    paragraphs = regex.split(r"\n{2,}", "".join(out).replace("\r\n", "\n").strip("\n"))
    return "".join("<p>" + paragraph.replace("\n", "<br />") + "</p>" for paragraph in paragraphs)


def _links(text: str) -> list[Piece]:
    found = []
    for match in _LINK.finditer(text):
        end = match.end()
        while text[end - 1] in ".,:;!?'\"*~]}>…" or (
            text[end - 1] == ")" and text.count("(", match.start(), end) < text.count(")", match.start(), end)
        ):
            end -= 1
        found.append(Piece("link", match.start(), end, text[match.start() : end]))
    return found


def _spliced(text: str, changes: list[tuple[int, int, str]]) -> str:
    for start, end, new in reversed(changes):
        text = text[:start] + new + text[end:]
    return text


def _anchor(piece: Piece, shown: str, profile: Callable[[str], str | None], tag_page: str) -> str:
    if piece.kind == "hashtag":
        page = html.escape(tag_page + piece.value.lower())
        return f'<a href="{page}" class="mention hashtag" rel="tag">#<span>{html.escape(piece.value)}</span></a>'
    if piece.kind == "mention":
        target = profile(piece.value)
        if target is None:
            return html.escape(shown)
        name = html.escape(piece.value.partition("@")[0])
        link = f'<a href="{html.escape(target)}" class="u-url mention">@<span>{name}</span></a>'
        return f'<span class="h-card" translate="no">{link}</span>'
    prefix = _PREFIX.match(piece.value)
    cut = prefix.end() if prefix else 0
    start, middle, rest = piece.value[:cut], piece.value[cut : cut + SHOWN_LINK], piece.value[cut + SHOWN_LINK :]
    seen = "ellipsis" if rest else ""
    return (
        f'<a href="{html.escape(piece.value)}" target="_blank" rel="nofollow noopener" translate="no">'
        f'<span class="invisible">{html.escape(start)}</span><span class="{seen}">{html.escape(middle)}</span>'
        f'<span class="invisible">{html.escape(rest)}</span></a>'
    )
