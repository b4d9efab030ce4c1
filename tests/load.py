"""Load on servers under test, from several threads, and a ledger of what was acknowledged.

Every answer is judged as it comes: its status must be documented for what was asked, its bytes
must be the picture's, its time bounded. What is wrong is a complaint; `Load` raises them all.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count, islice
from typing import TYPE_CHECKING, Self

import marked_pictures
import pictures
import requests

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 20.0
"""Seconds within which an answer must come: 5 and what a busy machine adds."""

RECOVERY = 60.0
"""Seconds within which it must serve again by itself, once what was away is back."""

WHOLE = 1 << 20
"""Bytes above which a picture is streamed: its transfer may break off, as nothing else tells."""

KINDS = ("upload", "read", "list", "delete")
USUAL = ("upload", "read")
KEPT = 8
"""Images that are not deleted, so that there is always something to read."""

_seeds = count(1_000)
_PAUSE = 0.02
_LIST_MOST = 100


@dataclass
class Ledger:
    """What servers have said of images; `unsure` are those whose deletion was not answered."""

    living: dict[str, bytes] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    unsure: dict[str, bytes] = field(default_factory=dict)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    broken: int = 0
    slowest: float = 0.0
    complaints: list[str] = field(default_factory=list)


class Load:
    """Uploads, reads, lists and deletes without end for the length of a block.

    `pictures` are what is uploaded: many are there already or being stored, others are new.
    `patience`: seconds within which each answer must come.
    `may_break`: servers are killed meanwhile, so connections may break.
    """

    def __init__(
        self,
        *servers,
        auth: dict[str, str],
        ledger: Ledger | None = None,
        senders: int = 6,
        pictures: list[bytes] | None = None,
        patience: float = PATIENCE,
        may_break: bool = False,
    ) -> None:
        self.servers, self.auth = servers, auth
        self.ledger = ledger or Ledger()
        self.pictures = pictures or [*SMALL, *new_pictures()]
        self.patience, self.may_break = patience, may_break
        self._wanted: list[str] = []  # what is waited for is done more often
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._send, args=(seed,), daemon=True)
            for seed in range(senders)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind, error, trace) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
        if error is None:
            assert not any(thread.is_alive() for thread in self._threads)
            assert self.ledger.complaints == []

    def works(self, *kinds: str, times: int = 2) -> None:
        """Wait until each kind of request has succeeded, from now on, so many times."""
        self._await(kinds or KINDS, range(200, 300), times)

    def turned_away(self, *kinds: str, times: int = 2) -> None:
        """Wait until each kind of request was answered 503, from now on, so many times."""
        self._await(kinds or KINDS, (503,), times)

    def _await(self, kinds, statuses, times) -> None:
        def seen(kind: str) -> int:
            return sum(self.ledger.answers[kind, status] for status in statuses)

        enough = {kind: seen(kind) + times for kind in kinds}
        deadline = time.monotonic() + RECOVERY
        while missing := [kind for kind in kinds if seen(kind) < enough[kind]]:
            assert time.monotonic() < deadline, f"no {missing} ended with {statuses}: {self}"
            assert not self.ledger.complaints, self.ledger.complaints
            self._wanted = missing
            time.sleep(0.02)
        self._wanted = []

    def __repr__(self) -> str:
        return f"{dict(self.ledger.answers)}, slowest {self.ledger.slowest:.1f} s"

    def _send(self, seed: int) -> None:
        rng = random.Random(seed)
        actions = dict(
            zip(KINDS, (self._upload, self._read, self._list, self._delete), strict=True)
        )
        with requests.Session() as session:
            while not self._stop.is_set():
                sender = _Sender(self, session, rng.choice(self.servers), rng)
                kinds = KINDS if rng.random() < 0.5 else self._wanted or USUAL
                try:
                    actions[rng.choice(kinds)](sender)
                except Exception as err:  # a thread's end must not pass for success
                    self._complain(f"{type(err).__name__}: {err}")
                self._stop.wait(_PAUSE)

    def _upload(self, sender: _Sender) -> None:
        photo = sender.rng.choice(self.pictures)
        answer = sender.ask(
            "upload", "POST", "/v1/upload", {201, 503}, files={"file": ("photo", photo)}
        )
        if answer is not None and answer.status_code == 201:
            with self._lock:
                self.ledger.living[answer.json()["id"]] = photo

    def _read(self, sender: _Sender) -> None:
        with self._lock:
            known = list(self.ledger.living.items())
            gone = list(self.ledger.gone)
        if gone and sender.rng.random() < 0.2:
            sender.ask("read gone", "GET", f"/{sender.rng.choice(gone)}", {410, 503}, **AS_IMAGE)
        elif known:
            media_id, photo = sender.rng.choice(known)
            # As its owner, with all of its metadata; or as anybody, if there is none.
            ours = photo is MARKED or sender.rng.random() < 0.5
            answer = sender.ask(
                "read",
                "GET",
                f"/{media_id}",
                {200, 503},
                **(AS_IMAGE | ({"params": {"metadata": "keep"}} if ours else {"anonymous": True})),
                breaks=len(photo) > WHOLE,
                fine=lambda: media_id not in self.ledger.living,  # deleted meanwhile
            )
            if answer is not None and answer.status_code == 200 and answer.content != photo:
                self._complain(f"{media_id} has {len(answer.content)} wrong bytes")

    def _list(self, sender: _Sender) -> None:
        with self._lock:
            living, gone = set(self.ledger.living), set(self.ledger.gone)
        asked = {"limit": _LIST_MOST}
        answer = sender.ask("list", "GET", "/v1/media", {200, 503}, params=asked)
        if answer is None or answer.status_code != 200:
            return
        page = answer.json()
        found = {media["id"] for media in page["data"]}
        if found & gone:
            self._complain(f"deleted images are listed: {found & gone}")
        if not page["next_cursor"] and (lost := living - found) & set(self.ledger.living):
            self._complain(f"images are not listed: {lost}")

    def _delete(self, sender: _Sender) -> None:
        """Delete an image; or one again, of which it may be known that it is deleted."""
        ledger = self.ledger
        with self._lock:
            again = sender.rng.random() < 0.5 or len(ledger.living) <= KEPT
            source = (ledger.unsure or dict.fromkeys(ledger.gone)) if again else ledger.living
            if not source:
                return
            media_id = sender.rng.choice(list(source))
            photo = source.pop(media_id)
        expected = {204, 404, 503} if again else {204, 503}
        answer = sender.ask("delete", "DELETE", f"/v1/media/{media_id}", expected)
        with self._lock:
            if photo is None:
                return
            if answer is not None and answer.status_code in {204, 404}:
                ledger.gone.add(media_id)
            else:
                ledger.unsure[media_id] = photo

    def _complain(self, complaint: str) -> None:
        self.ledger.complaints.append(complaint)


@dataclass
class _Sender:
    """One thread's way to one server, for one request."""

    load: Load
    session: requests.Session
    server: object
    rng: random.Random

    def ask(
        self,
        what: str,
        method: str,
        path: str,
        expected: set[int],
        *,
        breaks: bool = False,
        fine: Callable[[], bool] = lambda: False,
        headers: dict[str, str] | None = None,
        anonymous: bool = False,
        **options,
    ) -> requests.Response | None:
        """Send one request and judge what comes back; None: the connection broke.

        `fine`: whether any status will do after all.
        """
        ledger = self.load.ledger
        given = ({} if anonymous else self.load.auth) | (headers or {})
        began = time.monotonic()
        try:
            answer = self.session.request(
                method, f"{self.server.url}{path}", headers=given, timeout=60, **options
            )
        except requests.RequestException as err:
            ledger.broken += 1
            if not (breaks or self.load.may_break):
                self.load._complain(f"{what}: {type(err).__name__}: {err}")
            return None
        finally:
            took = time.monotonic() - began
            ledger.slowest = max(ledger.slowest, took)
        ledger.answers[what, answer.status_code] += 1
        said = f"{what}: {answer.status_code} after {took:.1f} s: {answer.text[:200]!r}"
        if answer.status_code not in expected and not fine():
            self.load._complain(said)
        if took > self.load.patience:
            self.load._complain(said)
        if answer.status_code == 503:
            told = answer.json()["error"] == "unavailable"
            if not told or int(answer.headers.get("Retry-After", 0)) < 1:
                self.load._complain(f"{said} {answer.headers}")
        return answer


def new_pictures(count: int = 80) -> list[bytes]:
    """Pictures that nobody has uploaded yet."""
    return [pictures.jpeg(80, 60, seed=seed) for seed in islice(_seeds, count)]


AS_IMAGE = {"headers": {"Accept": "image/*"}}
MARKED = marked_pictures.jpeg()  # it has a sidecar
SMALL = [
    *(pictures.jpeg(80, 60, seed=seed) for seed in range(12)),
    *(pictures.png(60, 40, seed=seed) for seed in range(4)),
    MARKED,
]
