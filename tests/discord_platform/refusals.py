"""What the platform refuses, in its shape of errors, and what is kept of that for the test."""

from __future__ import annotations

from dataclasses import dataclass, field

INVALID_FORM = 50035


@dataclass(frozen=True)
class Complaint:
    """Something that a bot did and should not have done."""

    where: str  # "PATCH /webhooks/…", or "gateway"
    status: int  # of the answer; a close code on the gateway; 200 where it was let through
    code: int
    message: str
    errors: dict = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.where}: {self.status} {self.message} ({self.code}) {self.errors or ''}".rstrip()
        )


class Refused(Exception):
    """An answer that is an error. `blame`: whether the bot did wrong, so that the test fails."""

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        errors: dict | None = None,
        *,
        blame: bool = True,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.errors, self.blame = errors or {}, blame

    def body(self) -> dict:
        return {"message": self.message, "code": self.code} | (
            {"errors": self.errors} if self.errors else {}
        )


def unauthorized() -> Refused:
    return Refused(401, 0, "401: Unauthorized", blame=False)


def unknown(what: str, code: int, *, blame: bool = False) -> Refused:
    return Refused(404, code, f"Unknown {what}", blame=blame)


def unknown_interaction(*, blame: bool) -> Refused:
    return unknown("interaction", 10062, blame=blame)


def unknown_message() -> Refused:
    return unknown("Message", 10008)


def unknown_channel() -> Refused:
    return unknown("Channel", 10003)


def already_acknowledged(*, blame: bool) -> Refused:
    return Refused(400, 40060, "Interaction has already been acknowledged.", blame=blame)


def invalid_webhook_token() -> Refused:
    return Refused(401, 50027, "Invalid Webhook Token")


def missing_access() -> Refused:
    return Refused(403, 50001, "Missing Access")


def missing_permissions() -> Refused:
    return Refused(403, 50013, "Missing Permissions")


def no_reply_unseen() -> Refused:
    return Refused(400, 160002, "Cannot reply without permission to read message history")


def cannot_message() -> Refused:
    return Refused(403, 50007, "Cannot send messages to this user", blame=False)


def not_the_author() -> Refused:
    return Refused(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> Refused:
    return Refused(400, 50006, "Cannot send an empty message")


def too_large() -> Refused:
    return Refused(413, 40005, "Request entity too large")


def too_many_follow_ups() -> Refused:
    message = "Maximum number of follow up messages for this interaction has been reached"
    return Refused(400, 40094, message)


def malformed(
    message: str = "The request body contains invalid JSON.", code: int = 50109
) -> Refused:
    return Refused(400, code, message)
