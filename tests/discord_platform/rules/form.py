"""Checking a payload: a place in it knows its path, and what is wrong there is noted, not raised."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from discord_platform.refusals import INVALID_FORM, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

URL = re.compile(r"(?i)([a-z][a-z0-9+.-]*)://[^\s/?#]+\S*")


class Absent:
    """The value of what is not there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


class Faults:
    """What is wrong, by where; told in the platform's nested shape."""

    def __init__(self) -> None:
        self.found: list[tuple[tuple, str, str]] = []

    def add(self, path: tuple, code: str, message: str) -> None:
        self.found.append((path, code, message))

    def tree(self) -> dict:
        root: dict = {}
        for path, code, message in self.found:
            place = root
            for step in path:
                place = place.setdefault(str(step), {})
            place.setdefault("_errors", []).append({"code": code, "message": message})
        return root

    def refuse(self) -> None:
        """Raise if anything is wrong."""
        if self.found:
            raise Refused(400, INVALID_FORM, "Invalid Form Body", self.tree())


class Spot:
    """One place of a payload. Checks give the value if it is good, else None, and note why not."""

    __slots__ = ("faults", "path", "value")

    def __init__(self, value: object, faults: Faults, path: tuple = ()) -> None:
        self.value, self.faults, self.path = value, faults, path

    def __getitem__(self, key: str | int) -> Spot:
        known = self.value
        if isinstance(known, dict):
            value = known.get(key, ABSENT)
        elif isinstance(known, list) and isinstance(key, int):
            value = known[key]
        else:
            value = ABSENT
        return Spot(value, self.faults, (*self.path, key))

    @property
    def given(self) -> bool:
        return self.value is not ABSENT and self.value is not None

    def blame(self, code: str, message: str) -> None:
        self.faults.add(self.path, code, message)

    def need(self) -> bool:
        if not self.given:
            self.blame("BASE_TYPE_REQUIRED", "This field is required")
        return self.given

    def forbid(self, message: str, code: str = "BASE_TYPE_FORBIDDEN") -> None:
        if self.given:
            self.blame(code, message)

    def _typed(self, kind: type, named: str, required: bool) -> bool:
        if not self.given:
            if required:
                self.need()
            return False
        wrong = not isinstance(self.value, kind) or (kind is int and isinstance(self.value, bool))
        if wrong:
            self.blame(f"{named.upper()}_TYPE_CONVERT", f"Could not interpret as {named}.")
        return not wrong

    def text(self, least: int, most: int, *, required: bool = False) -> str | None:
        """A string; its length is counted in code points, as the platform's makers say it is.

        See discord/discord-api-docs, issue 1315.
        """
        if not self._typed(str, "string", required):
            return None
        length = len(self.value)
        if least <= length <= most:
            return self.value
        if length == 0:
            self.need_text()
        elif length > most and least == 0:
            self.blame("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        else:
            message = f"Must be between {least} and {most} in length."
            self.blame("BASE_TYPE_BAD_LENGTH", message)
        return None

    def need_text(self) -> None:
        self.blame("BASE_TYPE_REQUIRED", "This field is required")

    def number(
        self, least: float, most: float, *, whole: bool = True, required: bool = False
    ) -> float | None:
        if not whole and isinstance(self.value, int) and not isinstance(self.value, bool):
            pass
        elif not self._typed(int if whole else float, "integer" if whole else "float", required):
            return None
        if self.value < least:
            self.blame("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        elif self.value > most:
            self.blame("NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
        else:
            return self.value
        return None

    def flag(self) -> bool:
        return self._typed(bool, "boolean", required=False) and self.value

    def one_of(self, *values: object, required: bool = False) -> object | None:
        if not self.given:
            if required:
                self.need()
            return None
        if isinstance(self.value, bool) or self.value not in values:
            shown = ", ".join(str(value) for value in values)
            self.blame("BASE_TYPE_CHOICES", f"Value must be one of {{{shown}}}.")
            return None
        return self.value

    def table(self, *, required: bool = False) -> bool:
        if not self.given:
            if required:
                self.need()
            return False
        if not isinstance(self.value, dict):
            self.blame("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            return False
        return True

    def items(self, least: int, most: int, *, required: bool = False) -> list[Spot]:
        """The places of a list. Its length is checked; each is to be checked by the caller."""
        if not self.given:
            if required:
                self.need()
            return []
        if not isinstance(self.value, list):
            self.blame("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if not least <= len(self.value) <= most:
            message = f"Must be between {least} and {most} in length."
            self.blame("BASE_TYPE_BAD_LENGTH", message)
        return [self[index] for index in range(len(self.value))]

    def url(self, most: int, *schemes: str, required: bool = False) -> str | None:
        """An address. Of the web it needs a host with a dot: the platform takes no `localhost`."""
        text = self.text(1, most, required=required)
        if text is None:
            return None
        found = URL.fullmatch(text)
        web = found is not None and found[1].lower() in {"http", "https"}
        if found is None or (web and "." not in (urlsplit(text).hostname or "").strip(".")):
            self.blame("URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif found[1].lower() not in schemes:
            message = f'Scheme "{found[1]}" must be one of {schemes}.'
            self.blame("URL_TYPE_INVALID_SCHEME", message)
        else:
            return text
        return None


def checking(check: Callable[..., None]) -> Callable[..., None]:
    """A check of a place becomes one of a payload, which refuses it."""

    def checked(payload: object, *args: object, **options: object) -> None:
        faults = Faults()
        check(Spot(payload, faults), *args, **options)
        faults.refuse()

    return checked
