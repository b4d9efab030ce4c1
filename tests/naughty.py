"""Texts that break software: some of our own, and those of a file that a variable names."""

from __future__ import annotations

import json
import os
from pathlib import Path

OWN = [
    # out of HTML, its attributes, its comments and its scripts
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "</title></textarea></style></script></dd></p><svg onload=alert(1)>",
    "<!--", "--!><b>", "<![CDATA[ ]]> ]]>", "<?xml?><!DOCTYPE x [<!ENTITY e 'e'>]>&e;",
    "&lt;b&gt; &amp;amp; &#x3c;script&#x3e; &nbsp; &nosuch; &", "&#0;&#x110000;",
    "http-equiv=refresh content='0;url=https://evil.example'",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
    # out of JSON, and out of JSON in a script
    '"}]}</script><script>alert(1)</script>', "\\", '\\"', "\\u003cscript\\u003e", '","evil":"',
    # Markdown and mentions of chats
    "[masked](https://evil.example)", "[masked]( <https://evil.example> 'x')",
    "![x](https://evil.example/x.png)", "<https://evil.example>", "https://evil.example/a_b_c",
    "[x]: https://evil.example", "](https://evil.example)[", "\\[x\\](https://evil.example)",
    "@everyone @here <@1> <@&1> <#1> </x:1> <:x:1> <t:0:R>", "**b** __u__ ~~s~~ ||hid|| `c`",
    "```\ncode", "# head", "-# small", "> quote", ">>> quote", "1. one", "- one", "a\n===", "a\\",
    # BBCode
    "[url=javascript:alert(1)]x[/url][/img]", "[/url]",
    # templates, formats, databases, shells, spreadsheets
    "{{ 7*7 }} {% raw %} ${7*7} <%= 7*7 %> #{7*7}", "{caption} {0} {0.__class__}", "%s%n%x %(x)s",
    "'; DROP TABLE media; --", "$(reboot) `reboot` | reboot", "=cmd|' /C calc'!A0", "%00 %0d%0a",
    # line ends, controls, blanks
    "one\ntwo\r\nthree\rfour", "line\u2028separator\u2029paragraph", "\x1b[31mred\x07\x7f\x85",
    "tab\there", " ", "\n", "\u3000\u00a0", "\u200b\u200d\ufeff", "X-Evil: 1\r\n\r\n<b>",
    # scripts of the world, direction, beyond the basic plane, no characters
    "\u202egpj.exe\u202c \u2067isolated", "שלום עולם, مرحبا بالعالم", "👩‍👩‍👧‍👦 🏳️‍🌈 é̂̃ 𝒳",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞", "\U0010ffff \ufffe \uffff \ufdd0",
    "İıſßẞŉ", "null", "undefined", "NaN", "0", "..", "../../etc/passwd", "CON", "-",
    "W" * 190,
]  # fmt: skip

REFUSED = ["a\0b", "\ud800", "a\udfffb"]
"""What no text may hold: NUL, and halves of characters."""


def strings() -> list[str]:
    """Ours, and those of `PIXFERRY_TEST_STRINGS`, a JSON list."""
    file = os.environ.get("PIXFERRY_TEST_STRINGS")
    more = json.loads(Path(file).read_text("utf-8")) if file else []
    assert not file or len(more) > 100
    return list(dict.fromkeys(OWN + more))
