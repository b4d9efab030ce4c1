"""`parse_mode=MarkdownV2`: marks as the platform takes them, refused with its words."""

from __future__ import annotations

from telegram_platform.entities import units
from telegram_platform.parse_html import LINK
from telegram_platform.refusals import unparsable

RESERVED = "_*[]()~`>#+-=|{}.!"
MARKS = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}
NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
}


class Markdown:
    """One reading of a text."""

    def __init__(self, source: str) -> None:
        self.source, self.at = source, 0
        self.out: list[str] = []
        self.length = 0
        self.open: list[tuple[str, str, int, int]] = []  # type, end mark, start, byte offset
        self.entities: list[dict] = []
        self.language = ""  # of the last block of code

    def read(self) -> tuple[str, list[dict]]:
        while self.at < len(self.source):
            self._step()
        self._end_quote()
        if self.open:
            kind, _, _, place = self.open[-1]
            name = "PreCode" if kind == "pre" and self.language else NAMES[kind]
            raise unparsable(f"Can't find end of {name} entity at byte offset {place}")
        return "".join(self.out), self.entities

    def _step(self) -> None:
        source, at = self.source, self.at
        char = source[at]
        kind, end = self.open[-1][:2] if self.open else ("", "")
        verbatim = kind in {"code", "pre"}
        if char == "\\" and at + 1 < len(source) and source[at + 1].isascii():
            self._say(source[at + 1], 2)
        elif end and source.startswith(end, at) and not self._longer(end):
            self._close()
        elif verbatim or char not in RESERVED + "\n":
            self._say(char, 1)
        elif char == "\n":
            self._end_quote(unless_next=True)
            self._say(char, 1)
        elif char == ">" and (not self.out or self.out[-1] == "\n"):
            if not any(one[0] == "blockquote" for one in self.open):
                self._open("blockquote", "", 0)
            self.at += 1
        else:
            self._begin(char)

    def _longer(self, end: str) -> bool:
        """Whether `__` stands where `_` would end, which means an underline."""
        return end == "_" and self.source.startswith("__", self.at)

    def _begin(self, char: str) -> None:
        source, at = self.source, self.at
        if source.startswith("```", at):
            self._open("pre", "```", 3)
            first, newline, _ = source[self.at :].partition("\n")
            self.language = ""
            if newline and first and "`" not in first and " " not in first:
                self.language = first
                self.at += len(first) + 1
            elif source.startswith("\n", self.at):
                self.at += 1
        elif char == "`":
            self._open("code", "`", 1)
        elif char == "[":
            self._open("text_link", "]", 1)
        else:
            mark = next((one for one in ("__", "||", char) if source.startswith(one, at)), char)
            if mark not in MARKS:
                raise unparsable(
                    f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
                )
            self._open(MARKS[mark], mark, len(mark))

    def _open(self, kind: str, end: str, length: int) -> None:
        place = len(self.source[: self.at].encode())
        self.open.append((kind, end, self.length, place))
        self.at += length

    def _close(self) -> None:
        kind, end, start, place = self.open.pop()
        self.at += len(end)
        entity = {"type": kind, "offset": start, "length": self.length - start}
        if kind == "pre" and self.language:
            entity["language"] = self.language
        if kind == "text_link":
            url = self._address(place)
            if not LINK.fullmatch(url):
                return
            entity["url"] = url
        if entity["length"]:
            self.entities.append(entity)

    def _address(self, place: int) -> str:
        source, url = self.source, []
        if not source.startswith("(", self.at):
            return ""
        self.at += 1
        while self.at < len(source) and source[self.at] != ")":
            self.at += source[self.at] == "\\"
            url.append(source[self.at : self.at + 1])
            self.at += 1
        if self.at >= len(source):
            raise unparsable(f"Can't find end of a URL at byte offset {place}")
        self.at += 1
        return "".join(url)

    def _end_quote(self, *, unless_next: bool = False) -> None:
        if unless_next and self.source.startswith("\n>", self.at):
            return
        if self.open and self.open[-1][0] == "blockquote":
            kind, _, start, _ = self.open.pop()
            if self.length > start:
                length = self.length - start
                self.entities.append({"type": kind, "offset": start, "length": length})

    def _say(self, text: str, length: int) -> None:
        self.out.append(text)
        self.length += units(text)
        self.at += length


def parse_markdown(source: str) -> tuple[str, list[dict]]:
    return Markdown(source).read()
