"""Reading pages in tests: what a browser would make of them."""

from __future__ import annotations

from html.parser import HTMLParser

_INLINE = {"a", "b", "bdi", "code", "em", "span", "strong", "time"}


class Page(HTMLParser):
    """A page's elements in order, as (name, attributes), and its text without markup."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._texts: list[str] = []
        self._title: list[str] = []
        self._open: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open = tag

    def handle_endtag(self, tag):
        self._open = None
        if tag not in _INLINE:
            self._texts.append(" ")

    def handle_data(self, data):
        self._texts.append(data)
        if self._open == "title":
            self._title.append(data)

    @property
    def text(self) -> str:
        """All text, runs of blanks as one."""
        return " ".join("".join(self._texts).split())

    @property
    def title(self) -> str:
        return "".join(self._title)

    @property
    def skeleton(self) -> list[tuple[str, tuple[str, ...]]]:
        """Elements and the names of their attributes: what people's texts must not change."""
        return [(tag, tuple(attributes)) for tag, attributes in self.elements]

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of the elements of that name with these attributes; `_` is `-`."""
        named = {name.strip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            attributes
            for found, attributes in self.elements
            if found == tag and named.items() <= attributes.items()
        ]

    def one(self, tag: str, **wanted: str) -> dict[str, str | None]:
        found = self.all(tag, **wanted)
        assert len(found) == 1, (tag, wanted, found)
        return found[0]

    def meta(self, name: str) -> str | None:
        """The content of an `og:` tag or another `<meta>`; None without one."""
        for attributes in self.all("meta"):
            if name in {attributes.get("property"), attributes.get("name")}:
                return attributes["content"]
        return None
