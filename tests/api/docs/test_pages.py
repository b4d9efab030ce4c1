"""The documentation's pages, as people, programs and a browser see them."""

from __future__ import annotations

import html
import re
import subprocess

import pictures
import pytest
import requests
from needs import need_program
from playwright.sync_api import sync_playwright

from api.docs.markdown import to_page
from api.docs.pages import GUIDES
from core.plans import load_plans

pytestmark = pytest.mark.any_backing

HTML = {"Accept": "text/html"}
TEXTS = [address for address, _ in GUIDES if address != "/api"]


@pytest.mark.parametrize("address", [address for address, _ in GUIDES])
def test_each_page_leads_to_the_others(server, address):
    answer = server.get(address, headers=HTML)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.count("<h1>") == 1
    for other, name in GUIDES:
        here = ' aria-current="page"' if other == address else ""
        assert f'<a href="{other}"{here}>{name}</a>' in answer.text
    head = requests.head(f"{server.url}{address}", timeout=30)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("address", TEXTS)
def test_every_link_and_anchor_leads_somewhere(server, address):
    text = server.get(address, headers=HTML).text
    anchors = re.findall(r' id="([^"]+)"', text)
    assert len(set(anchors)) == len(anchors)
    for target in re.findall(r'href="([^"]+)"', text):
        if target.startswith("#"):
            assert target[1:] in anchors
        else:
            path = html.unescape(target).removeprefix(server.url)
            assert path.startswith("/"), f"{target} leads to a foreign place"
            assert server.get(path, headers=HTML).status_code == 200, target


@pytest.mark.parametrize("address", TEXTS)
def test_texts_need_no_script_and_no_inline_style(server, address):
    answer = server.get(address, headers=HTML)
    assert "<script" not in answer.text
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_plain_text_is_the_reference(server):
    answer = server.get("/llms.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    page = server.get("/api/reference", headers=HTML).text
    assert str(to_page(answer.text)[0]).strip() in page
    again = server.get("/llms.txt", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_plain_text_tells_what_a_program_needs(server):
    text = server.get("/llms.txt").text
    assert f"Base URL: `{server.url}`" in text
    for language in ("bash", "python", "javascript"):
        assert f"```{language}" in text
    for plan in load_plans().values():
        assert (f"| {plan.label} | " in text) == plan.offered
    for header in ("X-Monthly-Uploads-Remaining", "X-RateLimit-Remaining-Daily", "Retry-After"):
        assert f"`{header}`" in text
    assert "{{" not in text
    assert "None" not in text


async def test_the_texts_follow_the_settings(local, tmp_path):
    """A limit that is shown is the limit that is enforced."""
    table = tmp_path / "plans.toml"
    table.write_text(
        """
        [plans.anonymous]
        label = "Nobody"
        price = "Nothing"
        max_file = "3 MB"
        max_svg = "1 MB"
        retention_days = 2
        [plans.free]
        label = "Pipe | plan"
        price = "1"
        max_file = "9 MB"
        max_svg = "1 MB"
        uploads_month = 7
        requests_minute = 60
        [plans.unlimited]
        label = "All"
        price = "2"
        max_file = "9 MB"
        max_svg = "1 MB"
        requests_minute = 60
        """
    )
    async with local(
        plans_file=table,
        anonymous_rate="3/minute",
        api_url="https://api.pix.example",
        public_url="https://pix.example",
        import_ports="443",
        metadata_keep="anyone",
    ) as server:
        _, _, body = await server.call("GET", "/llms.txt")
        text = body.decode()
        assert "Base URL: `https://api.pix.example`" in text
        assert "too: 3 a minute for one address" in text
        assert "| Nobody | 3 a minute | shared | 2 days | 3 MB | 1 MB | Nothing |" in text
        assert "| Pipe \\| plan | 7 | unlimited | for good | 9 MB | 1 MB | 1 |" in text
        assert "Keys may make 60 requests a minute." in text
        assert "Ports: 443." in text
        assert "gives the upload's own bytes.\n" in text
        _, _, page = await server.call("GET", "/api/reference", headers=HTML)
        assert "Pipe | plan" in page.decode()
        _, _, page = await server.call("GET", "/api/quick-start", headers=HTML)
        assert "live 2 days, have 3 MB at most" in " ".join(page.decode().split())


async def test_without_anonymous_uploads_none_are_promised(local):
    async with local(allow_anonymous=False) as server:
        for address in ("/llms.txt", "/api/quick-start"):
            _, _, body = await server.call("GET", address, headers=HTML)
            assert "delete_token" not in body.decode().partition("## The image")[0]
            assert "No account needed" not in body.decode()


def test_the_documented_curl_works(server, tmp_path):
    """The first command of the quick start, run as it stands."""
    curl = need_program("curl")
    (tmp_path / "photo.jpg").write_bytes(pictures.jpeg())
    text = html.unescape(server.get("/api/quick-start", headers=HTML).text)
    command = re.search(r"<code[^>]*>(curl -X POST .*?)</code>", text, re.DOTALL)[1]
    found = subprocess.run(
        ["sh", "-c", command.replace("curl", f"{curl} --silent --max-time 60", 1)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    assert server.url in found.stdout
    assert '"delete_token"' in found.stdout


def test_markdown_is_never_markup():
    page, headings = to_page(
        "## A <b>\n\n<script>x</script>\n\n| a |\n| --- |\n| `<i>` |\n\n## A <b>\n"
    )
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert [heading.anchor for heading in headings] == ["a-b", "a-b-2"]


@pytest.fixture(scope="module")
def browser():
    program = need_program("chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield found
        found.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_a_picture_is_uploaded_from_the_interactive_page(server, browser, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    problems, asked = [], []
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/api")
    page.click("#operations-Images-upload .opblock-summary-control")
    page.set_input_files(
        "#operations-Images-upload input[type=file]",
        {"name": "a.png", "mimeType": "image/png", "buffer": pictures.png()},
    )
    page.fill("#operations-Images-upload [data-property-name=caption] input", "From the page")
    page.click("#operations-Images-upload button.execute")
    answer = page.locator("#operations-Images-upload .live-responses-table .response")
    answer.get_by_text('"From the page"').wait_for()
    assert "201" in answer.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not problems
    foreign = [url for url in asked if not url.startswith((f"{server.url}/", "data:", "blob:"))]
    assert not foreign
    context.close()


@pytest.mark.parametrize("address", TEXTS)
def test_texts_fit_a_phone(server, browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto(f"{server.url}{address}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
