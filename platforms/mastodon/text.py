"""Texts as Mastodon sees them: its HTML made plain, its way of counting, and the likeness of two texts."""

import html
import unicodedata
from urllib.parse import unquote, urlsplit

import regex
from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup

#: Ends of a link that belong to the sentence around it, not to the link (Mastodon's twitter_regex initializer).
_ENDING = r"""[^\s()?!*"'「」<>;:=,.$%\[\]~&|@]"""
_BALANCED = r"\([^\s()]*\)"
#: A link as Mastodon counts it: http(s) only, a host with a dot, a path and query that do not end in punctuation.
_LINK = regex.compile(
    rf"""(?<![\w@＠$#＃/])https?://
    (?:[\w](?:[\w-]*[\w])?\.)+[\p{{L}}][\p{{L}}\p{{N}}-]*[\p{{L}}\p{{N}}]
    (?::\d+)?
    (?:/(?:(?:[^\s()<>?]|{_BALANCED})*(?:{_ENDING}|{_BALANCED}|/))?)?
    (?:\?[a-z0-9!?*'();:&=+$/%\#\[\]\-_.,~|@^]*[a-z0-9_&=\#/\-])?""",
    regex.VERBOSE | regex.IGNORECASE,
)
#: A mention (Mastodon's Account::MENTION_RE): what stands behind the second @ is not counted.
_MENTION = regex.compile(r"(?<![=/\w])@([a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)@[\w.-]+\w", regex.IGNORECASE)
_SCHEME = regex.compile(r"https?://(?:www\.)?", regex.IGNORECASE)
#: Markup can also name, by their numbers, halves of characters, which no encoding writes.
_UNSAFE = regex.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e\ufeff\ud800-\udfff]")
#: A character's number that is none; so long a one is more than Python turns into a number.
_NO_CHARACTER = regex.compile(r"&#[xX]?[0-9a-fA-F]{12,};?")
#: Markup with more tags than that is no text that a person wrote; nested, it would keep the parser busy for minutes.
MOST_TAGS = 5000
_BLOCKS = ("p", "div", "blockquote", "pre", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6")


def count(text: str, url_length: int) -> int:
    """The length of a text as Mastodon counts it: user-perceived characters, every link `url_length`, mentions bare.

    Source: Mastodon documentation, "Posting toots", and its StatusLengthValidator.
    """
    links = _LINK.findall(text)
    bare = _MENTION.sub(r"@\1", _LINK.sub("", text))
    return characters(bare) + url_length * len(links)


def characters(text: str) -> int:
    """How many characters a person sees."""
    return len(regex.findall(r"\X", text))


def plain(markup: str) -> str:
    """The text a reader of the HTML sees, without markup: paragraphs apart, links with their address. Never raises."""
    markup = _NO_CHARACTER.sub("", markup)
    if "<" not in markup:
        return _tidy(html.unescape(markup))
    if markup.count("<") > MOST_TAGS:
        return _stripped(markup)
    try:
        # The wrapper keeps bs4 from guessing (with a warning) that a text is a file name, an address or XML.
        soup = BeautifulSoup(f"<div>{markup}</div>", "html.parser")
    except ParserRejectedMarkup:
        return _stripped(markup)
    for tag in soup.find_all(["script", "style", "template"]):
        tag.decompose()
    for tag in soup.find_all("img"):
        tag.replace_with(str(tag.get("alt") or ""))
    for tag in soup.find_all("a"):
        tag.replace_with(_link(tag))
    for tag in soup.find_all("br"):
        # html.parser closes no <br> of its own accord, so text may hang inside one.
        tag.insert_before("\n")
    for tag in soup.find_all("li"):
        tag.insert(0, "\n- ")
    for tag in soup.find_all(_BLOCKS):
        tag.insert_before("\n\n")
        tag.insert_after("\n\n")
    return _tidy(soup.get_text())


def skeleton(text: str) -> str:
    """What stays the same of a text on its way to a server and back: for likeness, not for reading.

    White space, the server's markdown, the domain of mentions, schemes and a link's last slash do not count.
    """
    text = _MENTION.sub(r"@\1", unicodedata.normalize("NFC", text))
    text = _SCHEME.sub("", text)
    return regex.sub(r"""[\s\p{C}*_~`>#\\/"'“”„‘’«»-]""", "", text).casefold()


def _stripped(markup: str) -> str:
    return _tidy(html.unescape(regex.sub(r"<[^>]*>?", " ", markup)))


def _link(tag: Tag) -> str:
    """What stands for a link: its words where they are the address or a name, else the words and the address."""
    words, href = tag.get_text(), str(tag.get("href") or "")
    kinds = {str(kind) for kind in (tag.get("class") or [])}
    if not _is_web(href) or kinds & {"mention", "hashtag"} or words[:1] in {"@", "#"}:
        return words
    if not words.strip() or words.rstrip().endswith("…"):
        return href
    if _same_address(words, href):
        return words
    return f"{words} ({href})"


def _same_address(words: str, href: str) -> bool:
    return _bare_address(words) == _bare_address(href)


def _bare_address(address: str) -> str:
    """Without scheme and last slash, and without the percent signs that some servers put into the address only."""
    return unquote(_SCHEME.sub("", address)).strip().removeprefix("www.").rstrip("/")


def _is_web(href: str) -> bool:
    try:
        return urlsplit(href).scheme in {"http", "https"}
    except ValueError:
        return False


def _tidy(text: str) -> str:
    text = _UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = regex.sub(r"[ \t]*\n[ \t]*", "\n", text)
    return regex.sub(r"\n{3,}", "\n\n", text).strip()
