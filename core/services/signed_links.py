"""Links whose dimensions, expiry and access nobody but us can have written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from core.errors import Forbidden, Gone, InvalidInput, NotFound
from core.imaging.formats import BY_NAME
from core.imaging.transforms.recipe import Recipe
from core.services.access import owns
from core.services.orders import output_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.model import Caller, Media
    from core.ports import Clock
    from core.services.visibility import Visibility

PRIVATE_LIFE = timedelta(days=7)
"""How long a link to a private image works, unless its owner says."""

SIGNATURE = "sig"
"""The parameter that carries it."""

CONVERSIONS = {
    "jpg": "jpg",
    "jpeg": "jpg",
    "png": "png",
    "gif": "gif",
    "webp": "webp",
    "avif": "avif",
}
"""Extensions that ask for a format."""

_NOTHING = Recipe()
_STATED = re.compile(r"(p?)([0-9a-f]{1,10})?")
_CHANGED = "This link was changed after it was signed; ask who shared it for a new one."
_EXPIRED = "This link has expired; ask who shared it for a new one."
_UNSIGNED = "w, h, fit and gravity work in signed links alone: see `POST /v1/media/{id}/links`."
KEEP_SENTENCE = "`metadata=keep` shows where a picture was taken: its owner's to give."


@dataclass(frozen=True, slots=True)
class Shown:
    """An image as one link shows it to one caller, who may see it.

    `until`: when the link or the image ends, whichever is first. `signed`: the link's
    parameters are as we signed them. `keeps`: one of them gives all metadata away, and whoever
    signed or follows it may do that.
    """

    media: Media
    recipe: Recipe
    until: datetime | None
    signed: bool
    keeps: bool = False

    @classmethod
    def plain(cls, media: Media) -> Shown:
        """As a link shows it that asks for nothing."""
        return cls(media, Recipe(), media.expires_at, signed=False)


@dataclass(frozen=True, slots=True)
class SignedLink:
    """What goes behind the image's address: a query; `output` names the format of the bytes."""

    media: Media
    query: str
    output: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a signature says: access to a private image, and until when."""

    opens: bool
    until: datetime | None


class SignedLinks:
    """Reads what links ask for, and signs them.

    A signature covers the image's id, the recipe in its one spelling, the format of the bytes,
    the expiry, whether it opens a private image, and how often that was closed to the public: a
    link from before is never good again.
    """

    def __init__(
        self,
        visibility: Visibility,
        clock: Clock,
        secrets: Sequence[str],
        *,
        keep_for_anyone: bool,
    ) -> None:
        """`secrets` newest first: the newest signs, all are believed."""
        self._visibility = visibility
        self._clock = clock
        self._keep_for_anyone = keep_for_anyone
        self._signer = Signer(list(reversed(secrets)), salt="link")

    async def follow(
        self,
        media_id: str,
        query: Iterable[tuple[str, str]],
        caller: Caller,
        extension: str | None = None,
    ) -> Shown:
        """What a link shows.

        An `extension` in the address other than the stored one asks for a format; the query's
        own beats it.

        Raises:
            NotFound: no such image for this caller, or not with that extension.
            Gone: the image was public and is no more, or the link has expired.
            InvalidInput: parameters are wrong; all are named.
            Forbidden: the link was changed, or asks for what only signed ones may.
        """
        pairs = list(query)
        media = await self._visibility.living(media_id)
        recipe, wrong = _recipe(pairs) if pairs else (_NOTHING, None)
        if extension is not None:
            recipe = _converted(media, recipe, extension.lower())
        signatures = [text for name, text in pairs if name == SIGNATURE]
        grant = None
        if len(signatures) == 1 and wrong is None:
            grant = self._read(media, recipe, signatures[0])
        if not media.public and not owns(caller, media) and not (grant and grant.opens):
            raise NotFound
        if wrong:
            raise wrong
        if signatures and grant is None:
            raise Forbidden(_CHANGED)
        if grant is None and recipe.needs_signature:
            raise Forbidden(_UNSIGNED)
        asks = recipe.get("metadata") == "keep"
        if grant is None:
            keeps = asks and owns(caller, media)
            return Shown(media, recipe, media.expires_at, signed=False, keeps=keeps)
        if grant.until is not None and self._clock.now() >= grant.until:
            raise Gone(_EXPIRED)
        until = _earlier(media.expires_at, grant.until)
        return Shown(media, recipe, until, signed=True, keeps=asks)

    async def sign(
        self, media_id: str, recipe: Recipe, life: timedelta | None, caller: Caller
    ) -> SignedLink:
        """Sign a link to an image that the caller sees; `life` None: the usual one.

        Raises:
            NotFound, Gone: no such image for this caller.
            Forbidden: `metadata=keep` by somebody whose it is not to give.
        """
        media = await self._visibility.find(media_id, caller)
        owner = owns(caller, media)
        if recipe.get("metadata") == "keep" and not (owner or self._keep_for_anyone):
            raise Forbidden(KEEP_SENTENCE)
        opens = owner and not media.public
        if life is None and opens:
            life = PRIVATE_LIFE
        until = None
        if life is not None:
            seconds = int((self._clock.now() + life).timestamp())
            until = datetime.fromtimestamp(seconds, UTC)
        query = self._sealed(media, recipe, until, opens=opens)
        return SignedLink(media, query, output_of(media, recipe), _earlier(media.expires_at, until))

    def continued(self, shown: Shown, recipe: Recipe, output: str | None = None) -> str:
        """The query of another picture of what a link shows, for the same eyes and as long.

        `output` names the format of the bytes, where the address says it and the recipe does not.

        A private image that its owner sees without such a link opens for the usual time; all
        metadata, which bytes give to nobody for a session, is given by a link signed for its owner.
        """
        media, until = shown.media, shown.until
        if media.public and not shown.signed:
            gives = shown.keeps and recipe.get("metadata") == "keep"
            if not (recipe.needs_signature or (gives and not self._keep_for_anyone)):
                return recipe.key
            until = None  # as long as the image lives, however that is changed
        if not media.public and (not shown.signed or until is None):
            until = _earlier(until, self._clock.now() + PRIVATE_LIFE)
        return self._sealed(media, recipe, until, opens=not media.public, output=output)

    def _sealed(
        self,
        media: Media,
        recipe: Recipe,
        until: datetime | None,
        *,
        opens: bool,
        output: str | None = None,
    ) -> str:
        stated = "p" if opens else ""
        if until is not None:
            stated += f"{int(until.timestamp()):x}"
        covered = _covered(media, recipe, stated, output)
        signature = self._signer.get_signature(covered).decode()
        sealed = f"{signature}.{stated}" if stated else signature
        return urlencode([*recipe.values, (SIGNATURE, sealed)])

    def _read(self, media: Media, recipe: Recipe, sealed: str) -> _Grant | None:
        """What the signature says; None: it is not ours, or not for this link."""
        signature, _, stated = sealed.partition(".")
        parts = _STATED.fullmatch(stated)
        if parts is None or not _is_canonical(signature):
            return None
        if not self._signer.verify_signature(_covered(media, recipe, stated), signature):
            return None
        until = datetime.fromtimestamp(int(parts[2], 16), UTC) if parts[2] else None
        return _Grant(bool(parts[1]), until)


def _recipe(pairs: list[tuple[str, str]]) -> tuple[Recipe, InvalidInput | None]:
    """What is asked for, and what is wrong with it: told once it is known who may be told."""
    try:
        return Recipe.read(pairs), None
    except InvalidInput as err:
        return _NOTHING, err


def _converted(media: Media, recipe: Recipe, extension: str) -> Recipe:
    kind = BY_NAME[media.format]
    if extension == kind.extension or extension in kind.aliases:
        return recipe
    if extension not in CONVERSIONS:
        raise NotFound
    if recipe.get("format") is not None:
        return recipe
    return recipe.with_values(format=CONVERSIONS[extension])


def _covered(media: Media, recipe: Recipe, stated: str, output: str | None = None) -> str:
    """What is signed. The format is named always, as an address may name it, too."""
    whole = recipe.with_values(format=output or output_of(media, recipe))
    return f"{media.id}?{whole.key}#{stated}" + (f"#{media.closings}" if media.closings else "")


def _is_canonical(signature: str) -> bool:
    """Whether it is spelled as we spell it: its last bits mean nothing, and may be anything."""
    if not signature.isascii():
        return False
    try:
        return base64_encode(base64_decode(signature)).decode() == signature
    except BadData:
        return False


def _earlier(*times: datetime | None) -> datetime | None:
    return min((time for time in times if time is not None), default=None)
