"""Accounts and reports in a real browser, and other sites that try to use its cookies."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pictures
import pytest
from needs import need_program
from servers import running

pytestmark = pytest.mark.any_backing

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
PASSWORD = "four words are best"
LINK = re.compile(r"/auth/(?:verify|reset)\?token=[\w.-]+")
NAME = "pix.test"
"""A name that leads here: over plain http browsers trust it less than 127.0.0.1."""


@pytest.fixture(scope="module")
def chromium():
    path = need_program("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1,MAP evil.test 127.0.0.1"
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic", rules]
        )
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    with contextlib.ExitStack() as contexts:

        def open_tab(size=DESK, **options):
            context = chromium.new_context(viewport=size, **options)
            contexts.callback(context.close)
            return context.new_page()

        yield open_tab


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A server whose log has the links of its mails."""
    with running(tmp_path_factory.mktemp("accounts") / "data") as found:
        yield found


def link_for(server, email) -> str:
    """The path of the link that was last mailed to somebody, as the log has it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        lines = [line for line in server.log().splitlines() if email in line]
        if lines:
            return LINK.findall(lines[-1])[0]
        time.sleep(0.05)
    raise AssertionError("no mail was logged")


def enrol(server, page, base, email) -> None:
    page.goto(f"{base}/auth/register")
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Mail me a link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    page.goto(base + link_for(server, email))
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password and sign in").click()
    page.get_by_role("heading", name="Your API keys").wait_for()


def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("host", ["127.0.0.1", NAME])
def test_a_person_gets_an_account_makes_a_key_signs_out_and_in(own, tab, host, script):
    base, email = f"http://{host}:{own.port}", f"{script}.{host}@example.org".lower()
    page = tab(PHONE if script else DESK, java_script_enabled=script)
    enrol(own, page, base, email)
    page.get_by_label("Name").fill("W" * 180)
    page.get_by_role("button", name="Make the key").click()
    token = page.get_by_role("textbox", name="Token").input_value()
    auth = {"Authorization": f"Bearer {token}"}
    assert own.get("/v1/usage", headers=auth).status_code == 200
    page.get_by_role("link", name="All keys").click()
    if script:
        assert overflow(page) <= 0
    page.get_by_role("button", name="Revoke").click()
    page.get_by_text("You have no keys yet").wait_for()
    assert own.get("/v1/usage", headers=auth).status_code == 401
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("heading", name="Sign in").wait_for()
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your API keys").wait_for()


def test_a_picture_is_reported_without_a_script(own, tab):
    made = own.upload(pictures.jpeg())
    page = tab(PHONE, java_script_enabled=False)
    page.goto(f"{made['link']}/report")
    page.get_by_label("It is spam or deceives people").check()
    page.get_by_label("What should the operator know?").fill("Look at this")
    page.get_by_role("button", name="Send the report").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert made["link"] in own.cli("reports", "list").stdout


ATTACK = """<!doctype html><form id="f" method="post" action="{action}">{fields}</form>
<script>document.getElementById("f").submit()</script>"""


@contextlib.contextmanager
def evil_site(html):
    """Another site that sends this page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("host", ["127.0.0.1", NAME])
@pytest.mark.parametrize("evil", ["127.0.0.1", "evil.test"])
def test_another_site_makes_no_key_in_a_persons_name(own, tab, host, evil):
    """From another site, and from another port of the same host, whose requests have cookies."""
    base, email = f"http://{host}:{own.port}", f"jane.{host}.{evil}@example.org"
    page = tab()
    enrol(own, page, base, email)
    token = page.locator("input[name=csrf]").first.input_value()
    fields = {"name": "evil", "abilities": "all"}
    # Even one that had learnt the token is refused.
    for sealed in ({}, {"csrf": token}):
        inputs = "".join(
            f'<input name="{name}" value="{value}">' for name, value in (fields | sealed).items()
        )
        with evil_site(ATTACK.format(action=f"{base}/keys", fields=inputs)) as port:
            page.goto(f"http://{evil}:{port}/")
            page.wait_for_url(f"{base}/**")
        assert page.get_by_role("heading", name="Your new key").count() == 0
    page.goto(f"{base}/keys")
    page.get_by_text("You have no keys yet").wait_for()


PATHS = ("/auth/login", "/auth/register", "/auth/reset", "/auth/verify?token=x")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_fit_their_window_and_complain_of_nothing(own, tab, size, scheme):
    page = tab(size, color_scheme=scheme)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    made = own.upload(pictures.jpeg())
    for path in (*PATHS, f"/{made['id']}/report"):
        page.goto(own.url + path)
        assert overflow(page) <= 0, path
    refused = "Failed to load resource: the server responded with a status of 422"
    assert [each for each in complaints if not each.startswith(refused)] == []
