"""What the platform refuses, in its shape of errors, and what is kept of that for the test."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Complaint:
    """Something that a bot did and should not have done."""

    where: str  # the method
    status: int  # of the answer; 200 where it was let through
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.status} {self.message}"


class Refused(Exception):
    """An answer that is an error. `blame`: whether the bot did wrong, so that the test fails."""

    def __init__(
        self,
        status: int,
        description: str,
        *,
        blame: bool = True,
        parameters: dict | None = None,
    ) -> None:
        super().__init__(description)
        self.status, self.description, self.blame = status, description, blame
        self.parameters = parameters

    def body(self) -> dict:
        said = {"ok": False, "error_code": self.status, "description": self.description}
        return said | ({"parameters": self.parameters} if self.parameters else {})


def bad(reason: str, *, blame: bool = True) -> Refused:
    return Refused(400, f"Bad Request: {reason}", blame=blame)


def unparsable(reason: str) -> Refused:
    return bad(f"can't parse entities: {reason}")


def forbidden(reason: str, *, blame: bool = False) -> Refused:
    return Refused(403, f"Forbidden: {reason}", blame=blame)


def conflict(reason: str, *, blame: bool = True) -> Refused:
    return Refused(409, f"Conflict: {reason}", blame=blame)


def too_many(retry_after: int) -> Refused:
    """Beyond a limit. Nobody is to blame: it is how a bot learns of limits."""
    return Refused(
        429,
        f"Too Many Requests: retry after {retry_after}",
        blame=False,
        parameters={"retry_after": retry_after},
    )


def chat_not_found() -> Refused:
    return bad("chat not found")


def upgraded(number: int) -> Refused:
    """A group became a supergroup, with another number, and the bot did not see it yet."""
    return Refused(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        blame=False,
        parameters={"migrate_to_chat_id": number},
    )


def query_too_old(*, blame: bool) -> Refused:
    return bad("query is too old and response timeout expired or query ID is invalid", blame=blame)


def not_modified(*, blame: bool) -> Refused:
    return bad(
        "message is not modified: specified new message content and reply markup are exactly the "
        "same as a current content and reply markup of the message",
        blame=blame,
    )
