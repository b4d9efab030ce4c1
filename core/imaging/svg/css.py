r"""Style sheets and values, rewritten token by token so that nothing is loaded.

Tokens are those of CSS Syntax Level 3 (https://www.w3.org/TR/css-syntax-3/). Escapes are
resolved first (`\75rl(` is `url(`), then each token is judged and written in a form that any
other reader takes the same way: comments become `/**/`, strings hold no bracket or comment.
A reference that is not allowed, and a function that is not known, become `none`; an at-rule
that is not known goes with its block. Everything else stays to the letter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.imaging.svg.allowed import AT_RULES, FUNCTIONS
from core.imaging.svg.references import Embedded, fragment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Possessive where a hostile text could make them try every split of a run of blanks.
_ESCAPE = r"\\(?:[0-9a-fA-F]{1,6}[ \t\n]?|[^\n0-9a-fA-F])"
_NAME = rf"(?:[\w-]|[^\x00-\x7f]|{_ESCAPE})"
_START = rf"(?:[A-Za-z_]|[^\x00-\x7f]|{_ESCAPE})"
_IDENT = rf"(?:--{_NAME}*+|-?{_START}{_NAME}*+)"
_STRING = r"""(?:"(?:[^"\\\n]|\\[\s\S])*+(?:"|\Z)|'(?:[^'\\\n]|\\[\s\S])*+(?:'|\Z))"""
_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<comment>/\*[\s\S]*?(?:\*/|\Z))|(?P<string>{_STRING})"
    rf"|(?P<cd><!--|-->)|(?P<function>{_IDENT}\()|(?P<ident>{_IDENT})|(?P<at>@{_IDENT})"
    rf"|(?P<hash>\#{_NAME}++)|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<other>[\s\S])"
)
_QUOTED_URL = re.compile(rf"\s*+({_STRING})\s*+(?:\)|\Z)")
_BARE_URL = re.compile(rf"\s*+((?:[^\s\"'()\\]|{_ESCAPE})*+)\s*+(?:\)|\Z)")
_BAD_URL = re.compile(r"(?:[^)\\]|\\[\s\S])*+(?:\)|\Z)")
_QUOTE = re.compile(r"\s*+[\"']")
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n]?|(\n)|([^\n]))")
_UNSAFE_IN_STRING = re.compile(r"[\\<>{}()@;*/\n\x00-\x1f]")
_PLAIN_FRAGMENT = re.compile(r"#[\w.:-]+")
_SUSPECT = re.compile(r"[(\\]")
_MARKUP = re.compile(r"<[A-Za-z/!?]")
"""No CSS; and a page that takes the picture in as HTML would read it as tags."""
_LARGEST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
GONE = "/**/"
"""Stands where a token was: its neighbours must not grow together into another."""


class UncleanStyleError(ValueError):
    """Not CSS in a way that other readers might read otherwise."""


def clean_value(value: str, embedded: Embedded) -> str:
    """Rewrite an attribute's value or a list of declarations.

    Raises:
        UncleanStyleError: the value is to be dropped.

    """
    # Whatever loads is a function or has an escape: most values have neither.
    return value if not _SUSPECT.search(value) else clean_sheet(value, embedded)


def clean_sheet(text: str, embedded: Embedded) -> str:
    """Rewrite a style sheet.

    Raises:
        UncleanStyleError: the sheet is to be dropped.

    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = "".join(_Cleaning(text, embedded).tokens())
    if _MARKUP.search(clean):
        raise UncleanStyleError
    return clean


class _Cleaning:
    """One text, and the place in it that is reached."""

    def __init__(self, text: str, embedded: Embedded) -> None:
        self._text = text
        self._at = 0
        self._embedded = embedded

    def tokens(self) -> Iterator[str]:
        rewrite: dict[str, Callable[[str], str]] = {
            "comment": lambda _: GONE,
            "cd": lambda _: GONE,
            "string": _string,
            "ident": _name,
            "hash": _hash,
            "function": self._function,
            "at": self._at_rule,
        }
        for kind, raw in self._scan():
            yield rewrite[kind](raw) if kind in rewrite else raw

    def _scan(self) -> Iterator[tuple[str, str]]:
        while self._at < len(self._text):
            token = _TOKEN.match(self._text, self._at)
            assert token is not None
            assert token.lastgroup is not None
            self._at = token.end()
            if token.lastgroup == "other" and token[0] in "\"'\\":
                # Where a lone quote or backslash ends is read differently by different readers.
                raise UncleanStyleError
            if token.lastgroup == "hash" and self._text.startswith("(", self._at):
                # `#url(` is no function, but looks like one to a careless reader.
                raise UncleanStyleError
            yield token.lastgroup, token[0]

    def _function(self, raw: str) -> str:
        name = _unescape(raw[:-1]).lower()
        if name == "url":
            return self._url()
        if name in FUNCTIONS:
            return raw if "\\" not in raw else f"{name}("
        self._skip_brackets()
        return "none"

    def _url(self) -> str:
        if _QUOTE.match(self._text, self._at):
            found = _QUOTED_URL.match(self._text, self._at)
            if found is None:
                self._skip_brackets()
                return "none"
            address = _unquote(found[1])
        else:
            found = _BARE_URL.match(self._text, self._at)
            if found is None:
                self._pass(_BAD_URL)
                return "none"
            address = _unescape(found[1])
        self._at = found.end()
        return self._reference(address)

    def _reference(self, address: str) -> str:
        inside = fragment(address)
        if inside is None:
            picture = self._embedded.data_url(address)
            return f"url({picture})" if picture else "none"
        return f"url({inside})" if _PLAIN_FRAGMENT.fullmatch(inside) else f"url({_quote(inside)})"

    def _at_rule(self, raw: str) -> str:
        if _unescape(raw[1:]).lower() in AT_RULES:
            return f"@{_name(raw[1:])}"
        self._skip_rule()
        return GONE

    def _pass(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise UncleanStyleError
        self._at = found.end()

    def _skip_brackets(self) -> None:
        depth = 1
        for kind, raw in self._scan():
            depth += self._depth(kind, raw)
            if not depth:
                return

    def _skip_rule(self) -> None:
        """Pass an at-rule: to its semicolon, or over its block."""
        depth = 0
        for kind, raw in self._scan():
            if raw == ";" and not depth:
                return
            depth += self._depth(kind, raw) + (raw == "{") - (raw == "}")
            if raw == "}" and depth <= 0:
                return

    def _depth(self, kind: str, raw: str) -> int:
        if kind == "function":
            if _unescape(raw[:-1]).lower() == "url" and not _QUOTE.match(self._text, self._at):
                # Goes anyway: its address is passed, not judged.
                self._pass(_BAD_URL)
                return 0
            return 1
        return (raw == "(") - (raw == ")")


def _character(found: re.Match[str]) -> str:
    if found[1]:
        code = int(found[1], 16)
        return "\ufffd" if not code or code in _SURROGATES or code > _LARGEST else chr(code)
    return "" if found[2] else found[3]


def _unescape(raw: str) -> str:
    return _ESCAPED.sub(_character, raw)


def _unquote(raw: str) -> str:
    return _unescape(raw[1:-1] if len(raw) > 1 and raw[-1] == raw[0] else raw[1:])


def _hex(found: re.Match[str]) -> str:
    return _hex_letter(found[0])


def _hex_letter(letter: str) -> str:
    return f"\\{ord(letter):x} "


def _quote(text: str) -> str:
    return '"' + re.sub(r"[\"\\<>{}()@;*/\x00-\x1f]", _hex, text) + '"'


def _string(raw: str) -> str:
    closed = len(raw) > 1 and raw[-1] == raw[0]
    return raw if closed and not _UNSAFE_IN_STRING.search(raw) else _quote(_unquote(raw))


def _name(raw: str) -> str:
    if "\\" not in raw:
        return raw
    name = _unescape(raw)
    if not name:
        raise UncleanStyleError
    # A digit can't begin a name unless it is escaped; escaping every first letter is as right.
    return _hex_letter(name[0]) + _escape(name[1:])


def _hash(raw: str) -> str:
    return "#" + _escape(_unescape(raw[1:])) if "\\" in raw else raw


def _escape(name: str) -> str:
    return re.sub(r"[^\w\-\x80-\U0010ffff]", _hex, name, flags=re.ASCII)
