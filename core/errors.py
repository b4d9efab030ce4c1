"""Everything that can go wrong, as one tree.

    CoreError
    ├── InvalidInput            a field is wrong; `errors` maps fields to sentences
    │   ├── NoFile              a form came without the file that it is for
    │   ├── TooManyFiles        it has more files than one request may carry
    │   ├── FileTooLarge        the file passed the plan's limit
    │   │   └── TooLargeForBots the chat's platform does not give it to bots
    │   ├── UnsupportedImage    not an image, not one of ours, broken or hostile
    │   ├── NotTransformable    a stored picture can't be shown in the way that is asked for
    │   ├── AddressRefused      an import address that we do not fetch from
    │   └── WrongPassword       not the password of that account, or there is none
    ├── Unauthenticated         no key, or a wrong one
    ├── Forbidden               a right key without the right
    │   ├── Banned              the user behind the key is banned
    │   ├── WrongDeleteToken    the token does not belong to the image
    │   ├── FormRefused         a page's form that our own page did not send
    │   ├── RegistrationClosed  accounts are not to be had by asking
    │   └── QuotaExceeded       the plan's uploads or storage are used up
    │       └── StorageExceeded     the storage it is
    ├── NotFound                absent, or not for this caller's eyes
    │   └── Gone                it was public, and was deleted or has expired
    ├── Conflict
    │   ├── ExternalIdDuplicate the team has an image of that external id
    │   ├── TooManyProfiles     the user has as many embed profiles as one may have
    │   └── IdTaken             a new id was not new; another is drawn, nobody sees this
    ├── RateLimited             too many in too short a time; `seconds` to wait
    ├── FetchFailed             the address to import did not give a picture
    │   └── FetchTimedOut       it answered, but too slowly
    ├── Unavailable             database, storage or image work is out of reach or full
    │   ├── StorageFull         the disk is full
    │   └── BlobMissing         a record's bytes are not in the storage
    ├── DatabaseNewer           a newer version made the database; this one does not start
    └── OperationFailed         a fault of ours in a named operation
        ├── UploadFailed
        └── ImportFailed

`code` is stable and goes to clients. `public` is a sentence that any stranger may
read. Categories are mapped to statuses and replies by walking the class's ancestors,
so a new leaf needs no other change.
"""

from __future__ import annotations

from typing import Any, ClassVar


class CoreError(Exception):
    """The root: `code`, a `public` sentence, and `data` for the faces to use.

    >>> str(CoreError("No such thing."))
    'No such thing.'
    """

    code: ClassVar[str] = "internal_error"
    sentence: ClassVar[str] = "Something went wrong on our side."
    advice: ClassVar[str] = "Try again; if it stays, tell the operator the request id."

    def __init__(self, public: str | None = None, **data: Any) -> None:
        """Take the public sentence, or the class's own, and data for the faces."""
        self.public = public or self.sentence
        self.data = data
        super().__init__(self.public)

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive a process border, keyword data included."""
        return (_rebuild, (type(self), self.public, self.data))


def is_fault(err: CoreError) -> bool:
    """Whether it is a fault of ours, to be logged with its trace."""
    return isinstance(err, OperationFailed) or type(err) is CoreError


def _rebuild(kind: type[CoreError], public: str, data: dict[str, Any]) -> CoreError:
    return kind(public, **data)


class InvalidInput(CoreError):
    """`data["errors"]`: field name to a list of sentences."""

    code = "validation_error"
    sentence = "The request is not valid."
    advice = "Mend the fields that `errors` names and send it again."

    @property
    def errors(self) -> dict[str, list[str]]:
        """Field name to sentences; empty when no single field is at fault."""
        errors: dict[str, list[str]] = self.data.get("errors", {})
        return errors

    @classmethod
    def on(cls, field: str, sentence: str, **data: Any) -> InvalidInput:
        """Refuse one field: the sentence is the message, too."""
        return cls(sentence, errors={field: [sentence]}, **data)


class NoFile(InvalidInput):
    sentence = "The form has no file."
    advice = "Send the image as multipart/form-data, as a part that has a file name."


class TooManyFiles(InvalidInput):
    sentence = "The form has more files than one request may carry."
    advice = "Send the files in several requests."


class FileTooLarge(InvalidInput):
    sentence = "The file is too large."
    advice = "Send a smaller file, or use a plan with a larger limit."


class TooLargeForBots(FileTooLarge):
    sentence = "The chat's platform gives bots no files of that size."
    advice = "Upload it on the web, or send a smaller one."


class UnsupportedImage(InvalidInput):
    sentence = "The file is not an image that we can read."
    advice = "Send a JPEG, PNG, GIF, WebP, AVIF, HEIC, SVG, BMP, ICO or TIFF that opens elsewhere."


class NotTransformable(InvalidInput):
    sentence = "The picture can't be changed in this way."
    advice = "Ask for less, or for the picture as it is: its address without parameters."


class AddressRefused(InvalidInput):
    sentence = "This address can't be imported from."
    advice = "Give a public http or https address."


class WrongPassword(InvalidInput):
    sentence = "This address and this password do not belong together."
    advice = "Check both; a forgotten password is replaced at /auth/reset."

    @classmethod
    def refused(cls) -> InvalidInput:
        """Told of the field `password`."""
        return cls.on("password", cls.sentence)


class Unauthenticated(CoreError):
    code = "unauthorized"
    sentence = "A valid API key is needed: send it as `Authorization: Bearer TOKEN`."
    advice = "Check the key; it may have been revoked."


class Forbidden(CoreError):
    code = "forbidden"
    sentence = "This key may not do that."
    advice = "Use a key with the ability that the message names."


class Banned(Forbidden):
    sentence = "This account has been banned from this server. Ask its operator why."
    advice = "Write to the operator of this server."


class WrongDeleteToken(Forbidden):
    sentence = "This delete token does not belong to this image."
    advice = "Check both: the token was shown once, with the link, when the image was uploaded."


class FormRefused(Forbidden):
    sentence = "This form is too old, or was sent by another site."
    advice = "Open the page again, and send it from there."


class RegistrationClosed(Forbidden):
    sentence = "Accounts of this server are given by its operator."
    advice = "Write to whoever runs it, and name the email address that the account is for."


class QuotaExceeded(Forbidden):
    code = "quota_exceeded"
    sentence = "The plan's quota is used up."
    advice = "Open `action.url` to choose a larger plan, or delete images."

    @classmethod
    def uploads(cls, limit: int | None) -> QuotaExceeded:
        """The month's uploads are used up."""
        return cls(f"The plan's {limit} uploads of this month are used up.")


class StorageExceeded(QuotaExceeded):
    sentence = "The plan's storage has no room for this image."


class NotFound(CoreError):
    code = "not_found"
    sentence = "There is nothing here, or it is not yours to see."
    advice = "Check the id; deleted and expired images are gone for good."


class Gone(NotFound):
    sentence = "This image was deleted or has expired."
    advice = "It can't be brought back; ask who shared it for a new link."


class Conflict(CoreError):
    code = "conflict"
    sentence = "This clashes with something that exists."
    advice = "Use what exists, or choose another name."


class ExternalIdDuplicate(Conflict):
    """`data["id"]` is the existing image's id."""

    code = "external_id_duplicate"
    sentence = "An image with this external_id exists already."
    advice = "Use the image whose `id` the answer carries."


class TooManyProfiles(Conflict):
    code = "too_many_profiles"
    sentence = "You have as many embed profiles as a user may have."
    advice = "Delete one, or change one that you have."


class IdTaken(Conflict):
    code = "id_taken"
    sentence = "An id was drawn that exists already."


class RateLimited(CoreError):
    """`data["seconds"]`: whole seconds until it is worth trying again."""

    code = "rate_limited"
    sentence = "Too many requests."
    advice = "Wait `action.seconds` (also in `Retry-After`), or sign up for a key."


class FetchFailed(CoreError):
    code = "fetch_failed"
    sentence = "The address could not be fetched."
    advice = "Open the address in a browser: it must give the picture itself, without sign-in."


class FetchTimedOut(FetchFailed):
    sentence = "The address answered too slowly."
    advice = "Try again later, or download the picture and upload it."


class Unavailable(CoreError):
    """`data["seconds"]`: when to try again; `data["reason"]`: what the operator must know."""

    code = "unavailable"
    sentence = "The service can't take this request right now."
    advice = "Try again after `Retry-After` seconds."

    @property
    def reason(self) -> str:
        """The private face: a sentence for the operator, never for strangers."""
        return str(self.data.get("reason") or self.public)


class StorageFull(Unavailable):
    sentence = "The server's disk is full; nothing was stored."
    advice = "Tell the operator; try again later."


class BlobMissing(Unavailable):
    sentence = "This image's bytes are missing from the storage."
    advice = "Tell the operator: the storage has lost a file, or is not mounted."


class DatabaseNewer(CoreError):
    code = "database_newer"
    sentence = (
        "The database was made by a newer version of Pixferry: start that version, or restore "
        "the backup that was made before the upgrade."
    )
    advice = "Nothing was changed."


class OperationFailed(CoreError):
    """A fault of ours in a named operation; the log has the reason under the request id."""


class UploadFailed(OperationFailed):
    code = "upload_failed"
    sentence = "The upload failed on our side; nothing was stored or counted."


class ImportFailed(OperationFailed):
    code = "import_failed"
    sentence = "The import failed on our side; nothing was stored or counted."
