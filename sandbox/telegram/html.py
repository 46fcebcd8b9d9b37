"""Telegram's HTML parse mode: markup to plain text and entities, with Telegram's own complaints.

Tags and complaints follow core.telegram.org/bots/api "HTML style" and what the Bot API server answers.
"""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.errors import bad

STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = STYLES.keys() | {"a", "code", "pre", "blockquote", "tg-emoji", "tg-time"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]{1,6})|#(?P<dec>[0-9]{1,7})|(?P<name>[a-zA-Z]+));?")
ATTRIBUTE = re.compile(r"""\s*(?P<name>[^\s=>/"']+)\s*(?:=\s*(?P<value>"[^"]*"|'[^']*'|[A-Za-z0-9.\-]*))?""")
LAST_CODE_POINT = 0x10FFFF
WEB_LINK = re.compile(r"^(https?|tg|ton)://\S+$|^mailto:\S+$|^tel:\S+$", re.IGNORECASE)
BARE_LINK = re.compile(r"^[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?$")


def units(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts offsets and limits."""
    return len(text) + sum(char > "\uffff" for char in text)


def decode(reference: re.Match[str]) -> str:
    """The character of an HTML reference; Telegram leaves references it does not know as they are."""
    if name := reference["name"]:
        return NAMED.get(name, reference[0])
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["dec"])
    surrogate = 0xD800 <= code <= 0xDFFF
    return reference[0] if code == 0 or code >= LAST_CODE_POINT or surrogate else chr(code)


@dataclass
class _Open:
    tag: str
    argument: str
    offset: int
    begin: int


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.text = ""
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[dict[str, Any]] = []

    def complain(self, what: str, at: int, more: str = "") -> Exception:
        """Telegram points at bytes of the UTF-8 source."""
        place = len(self.source[:at].encode())
        return bad(f"can't parse entities: {what} at byte offset {place}{more}")

    def write(self, text: str) -> None:
        plain = REFERENCE.sub(decode, text)
        self.text += plain
        self.offset += units(plain)

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        at = 0
        while (tag := self.source.find("<", at)) >= 0:
            self.write(self.source[at:tag])
            at = self.end_tag(tag) if self.source.startswith("</", tag) else self.start_tag(tag)
        self.write(self.source[at:])
        if self.open:
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{self.open[-1].tag}\"")
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return self.text, self.entities

    def start_tag(self, begin: int) -> int:
        name = re.compile(r"[^\s>]*").match(self.source, begin + 1)
        at = name.end() if name else begin
        if at >= len(self.source):
            raise self.complain("Unclosed start tag", begin)
        tag = self.source[begin + 1 : at].lower()
        if tag not in TAGS:
            raise self.complain(f'Unsupported start tag "{tag}"', begin)
        attributes, at = self.attributes(tag, begin, at)
        argument = ""
        if tag == "a":
            argument = attributes.get("href", "")
        elif tag == "code" and attributes.get("class", "").startswith("language-"):
            argument = attributes["class"].removeprefix("language-")
        elif tag == "blockquote" and "expandable" in attributes:
            argument = "1"
        elif tag == "tg-emoji":
            argument = attributes.get("emoji-id", "")
        elif tag == "tg-time":
            argument = attributes.get("unix", "")
        elif tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self.complain('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_Open(tag, argument, self.offset, len(self.text)))
        return at + 1

    def attributes(self, tag: str, begin: int, at: int) -> tuple[dict[str, str], int]:
        found: dict[str, str] = {}
        while True:
            while at < len(self.source) and self.source[at].isspace():
                at += 1
            if at >= len(self.source):
                raise self.complain("Unclosed start tag" + (f' "{tag}"' if found else ""), begin)
            if self.source[at] == ">":
                return found, at
            match = ATTRIBUTE.match(self.source, at)
            if not match:
                raise self.complain(f'Empty attribute name in the tag "{tag}"', begin)
            value = match["value"] or ""
            bare = not value.startswith(('"', "'"))
            at = match.end()
            if bare and value and at < len(self.source) and not (self.source[at].isspace() or self.source[at] == ">"):
                raise self.complain("Unexpected end of name token", match.start("value"))
            found[match["name"]] = value.lower() if bare else REFERENCE.sub(decode, value[1:-1])

    def end_tag(self, begin: int) -> int:
        if not self.open:
            raise self.complain("Unexpected end tag", begin)
        match = re.compile(r"</([^\s>]*)\s*").match(self.source, begin)
        at = match.end() if match else begin
        if not match or at >= len(self.source) or self.source[at] != ">":
            raise self.complain("Unclosed end tag", begin)
        opened, name = self.open[-1], match[1].lower()
        if name and name != opened.tag:
            raise self.complain("Unmatched end tag", begin, f', expected "</{opened.tag}>", found "</{name}>"')
        self.open.pop()
        if self.offset > opened.offset:
            self.close(opened)
        return at + 1

    def close(self, opened: _Open) -> None:
        span = {"offset": opened.offset, "length": self.offset - opened.offset}
        tag, argument = opened.tag, opened.argument
        if tag in STYLES:
            self.entities.append({"type": STYLES[tag], **span})
        elif tag == "a":
            self.link(argument or self.text[opened.begin :], span)
        elif tag == "blockquote":
            self.entities.append({"type": "expandable_blockquote" if argument else "blockquote", **span})
        elif tag in {"pre", "code"}:
            self.code(tag, argument, span)
        elif tag == "tg-emoji":
            if not argument.isdigit() or int(argument) == 0:
                raise bad("can't parse entities: Invalid custom emoji identifier specified")
            self.entities.append({"type": "custom_emoji", **span, "custom_emoji_id": argument})
        elif argument.isdigit():
            self.entities.append({"type": "date_time", **span, "unix_time": int(argument)})

    def link(self, url: str, span: dict[str, int]) -> None:
        if mentioned := re.fullmatch(r"tg://user\?id=(\d+)", url):
            self.entities.append({"type": "text_mention", **span, "user": {"id": int(mentioned[1])}})
        elif WEB_LINK.match(url):
            self.entities.append({"type": "text_link", **span, "url": with_path(url)})
        elif BARE_LINK.match(url):
            self.entities.append({"type": "text_link", **span, "url": with_path("http://" + url)})

    def code(self, tag: str, language: str, span: dict[str, int]) -> None:
        """A code tag with a language inside a pre tag of the same extent is one block of that language."""
        last = self.entities[-1] if self.entities else {}
        same = last.get("offset") == span["offset"] and last.get("length") == span["length"]
        if tag == "pre" and same and last.get("type") == "code" and last.get("language"):
            last["type"] = "pre"
        elif tag == "code":
            self.entities.append({"type": "code", **span} | ({"language": language} if language else {}))
        else:
            self.entities.append({"type": "pre", **span})


def with_path(url: str) -> str:
    """The link as Telegram keeps it: a web address without a path gets "/"."""
    return url + "/" if re.fullmatch(r"https?://[^/?#]+", url) else url


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Plain text and entities of a text in parse mode HTML; raises ApiError "can't parse entities: …"."""
    text, entities = _Reader(source).read()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities
