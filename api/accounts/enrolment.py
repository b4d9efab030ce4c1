"""Getting an account, and another password, by a link in a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.accounts import cookies, session
from api.accounts.forms import form_page, read_form, see
from api.identity import anonymous
from api.keys import CORE, URLS
from core.errors import InvalidInput

if TYPE_CHECKING:
    from aiohttp import web


async def ask_account(request: web.Request) -> web.Response:
    """GET /auth/register."""
    return _register_page(request)


async def register(request: web.Request) -> web.Response:
    """POST /auth/register, with `email`: a link goes there. The answer is the same for everybody.

    Raises:
        RegistrationClosed: accounts are given by the operator.
        RateLimited: too many mails were asked for.
    """
    core, urls = request.app[CORE], request.app[URLS]
    fields = await read_form(request)
    email = fields.get("email", "")
    try:
        await core.enrolment.ask_account(email, anonymous(request), urls.verify, urls.login())
    except InvalidInput as err:
        return _register_page(request, email, status=422, errors=err.errors)
    return _sent(request, "An account for that address: a mail with the next step is on its way.")


async def ask_password(request: web.Request) -> web.Response:
    """GET /auth/reset: the form that asks for a link, or with `?token=` the link's own page."""
    if "token" in request.query:
        return await show_link(request)
    return form_page(request, "reset.html", title="Forgot your password?", email="")


async def reset(request: web.Request) -> web.Response:
    """POST /auth/reset, with `email`: a link goes there, if it has an account; or as `complete`.

    Raises:
        RateLimited: too many mails were asked for.
    """
    fields = await read_form(request)
    if "token" in fields:
        return await _complete(request, fields)
    email = fields.get("email", "")
    core, urls = request.app[CORE], request.app[URLS]
    try:
        await core.enrolment.ask_password(email, anonymous(request), urls.reset)
    except InvalidInput as err:
        return form_page(
            request,
            "reset.html",
            status=422,
            title="Forgot your password?",
            email=email,
            errors=err.errors,
        )
    return _sent(request, "If that address has an account, a mail with a link is on its way.")


async def show_link(request: web.Request) -> web.Response:
    """GET /auth/verify?token=…: a form for the password. To look uses nothing up."""
    token = request.query.get("token", "")
    try:
        claim = await request.app[CORE].enrolment.read(token)
    except InvalidInput as err:
        return _broken(request, err)
    return _password_page(request, token, claim.email)


async def complete(request: web.Request) -> web.Response:
    """POST /auth/verify, with `token` and `password`: the password is set, and they are in.

    Raises:
        Banned: the user is.
    """
    return await _complete(request, await read_form(request))


async def ask_confirmation(request: web.Request) -> web.Response:
    """GET /auth/confirm?token=…: a form with a button. To look confirms nothing."""
    token = request.query.get("token", "")
    try:
        claim = await request.app[CORE].enrolment.read(token)
    except InvalidInput as err:
        return _broken(request, err)
    return _confirmation_page(request, claim.email, token=token, done=False)


async def confirm(request: web.Request) -> web.Response:
    """POST /auth/confirm, with `token`: the account's address is believed to be its user's.

    Raises:
        Banned: the user is.
    """
    token = (await read_form(request)).get("token", "")
    try:
        email = await request.app[CORE].enrolment.confirm(token)
    except InvalidInput as err:
        return _broken(request, err)
    return _confirmation_page(request, email, done=True)


async def _complete(request: web.Request, fields: dict[str, str]) -> web.Response:
    core, urls = request.app[CORE], request.app[URLS]
    token = fields.get("token", "")
    try:
        claim = await core.enrolment.read(token)
    except InvalidInput as err:
        return _broken(request, err)
    try:
        user_id, hashed = await core.enrolment.complete(
            token, fields.get("password", ""), urls.reset()
        )
    except InvalidInput as err:
        if "token" in err.errors:
            return _broken(request, err)
        return _password_page(request, token, claim.email, status=422, errors=err.errors)
    await core.sessions.end(cookies.read(request, cookies.SESSION))
    cookie = await core.sessions.open(user_id, hashed)
    response = see(session.HOME if cookie else "/auth/login")
    return session.begin(request, response, cookie) if cookie else response


def _register_page(request: web.Request, email: str = "", **values: Any) -> web.Response:
    core = request.app[CORE]
    return form_page(
        request,
        "register.html",
        title="Get an account",
        plan=core.plans["free"],
        registration=core.enrolment.registration,
        email=email,
        **values,
    )


def _password_page(request: web.Request, token: str, email: str, **values: Any) -> web.Response:
    return form_page(
        request, "password.html", title="Choose a password", token=token, email=email, **values
    )


def _confirmation_page(request: web.Request, email: str, **values: Any) -> web.Response:
    return form_page(request, "confirm.html", title="Confirm your address", email=email, **values)


def _sent(request: web.Request, sentence: str) -> web.Response:
    mails = request.app[CORE].settings.smtp_url is not None
    return form_page(
        request,
        "sent.html",
        status=202,
        title="Look into your mail",
        sentence=sentence,
        mails=mails,
    )


def _broken(request: web.Request, err: InvalidInput) -> web.Response:
    return form_page(
        request, "broken_link.html", status=422, title="This link does not work", errors=err.errors
    )
