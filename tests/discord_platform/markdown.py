"""Reads Discord's markdown as its clients do, so that tests see what is text and what is more.

Rules after those of Discord's clients: `\\` before any character but letters, digits and blanks
makes it text; what is no markup as it stands, but would be with a partner, counts as markup here.
"""

from __future__ import annotations

import re

_RULES = [
    ("text", r"\\(?P<escaped>[^0-9A-Za-z\s])"),
    ("code", r"(?P<ticks>`+)(?P<code>.*?[^`])(?P=ticks)(?!`)"),
    ("time", r"<t:(?P<time>-?\d+)(?::[tTdDfFRsS])?>"),
    ("link", r"<(?P<link>(?:https?|discord|mailto|tel|sms):[^>\s]+)>"),
    ("mention", r"<(?:@[!&]?|#|/[^>]+:|a?:\w+:|id:)[^>\s]*>|@everyone|@here"),
    ("masked", r"!?\[[^\]]*\]\("),
    ("bare link", r"(?:https?|discord)://[^\s<]+"),
    ("emoji", r":[\w+~-]+:"),
    ("style", r"[*_`]|~~|\|\|"),
    ("block", r"(?m:^)[^\S\n]*(?:#{1,3}|-#|>>>|>|[-*+]|\d+[.)])(?=\s|$)"),
    ("quote", r"(?m:^)>"),
    ("text", r"(?P<plain>.)"),
]
_TOKEN = re.compile("|".join(f"(?P<R{n}>{rule})" for n, (_, rule) in enumerate(_RULES)), re.DOTALL)


def read(text: str) -> list[tuple[str, str]]:
    """Kinds and values, in their order; neighbouring text is one."""
    found: list[tuple[str, str]] = []
    for token in _TOKEN.finditer(text):
        number = next(n for n in range(len(_RULES)) if token[f"R{n}"] is not None)
        kind = _RULES[number][0]
        parts = ("escaped", "code", "time", "link", "plain")
        value = next((token[name] for name in parts if token[name] is not None), token[0])
        if kind == "text" and found and found[-1][0] == "text":
            value = found.pop()[1] + value
        found.append((kind, value))
    return found


def plain(text: str) -> str:
    """A text that has no markup at all, as its readers see it."""
    kinds = read(text)
    assert all(kind == "text" for kind, _ in kinds), (text, kinds)
    return "".join(value for _, value in kinds)


def kinds(text: str) -> set[str]:
    return {kind for kind, _ in read(text)}
