"""The pages in a real browser."""

from __future__ import annotations

import pictures
import pytest
import requests
from needs import need_program

pytestmark = pytest.mark.any_backing

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
DROP = """({name, mime, bytes}) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name, {type: mime}));
  for (const kind of ["dragover", "drop"])
    document.body.dispatchEvent(
      new DragEvent(kind, {dataTransfer: files, bubbles: true, cancelable: true}));
}"""
PASTE = """({name, mime, bytes}) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name, {type: mime}));
  document.body.dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: files, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def chromium():
    path = need_program("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """Opens tabs; whatever the browser complains of in them fails the test."""
    complaints, contexts = [], []

    def open_tab(size=DESK, **options):
        context = chromium.new_context(viewport=size, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append((message.type, message.text)))
        page.on("pageerror", lambda error: complaints.append(("error", str(error))))
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert complaints == []


def overflow(page) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def given(data: bytes, name: str, mime: str) -> dict:
    return {"name": name, "mime": mime, "bytes": list(data)}


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone", "desk"]
)
@pytest.mark.parametrize("way", [DROP, PASTE], ids=["drop", "paste"])
def test_a_dropped_or_pasted_picture_gets_a_link_that_works(server, tab, size, scheme, way):
    photo = pictures.jpeg(320, 240)
    page = tab(size, color_scheme=scheme)
    page.goto(server.url)
    page.evaluate(way, given(photo, "Pier.jpg", "image/jpeg"))
    card = page.locator(".result")
    card.locator(".done").wait_for()
    assert card.locator("h3").inner_text() == "Pier.jpg"
    src = card.locator("[data-src]").input_value()
    assert requests.get(src, timeout=30).content == photo
    assert overflow(page) <= 0
    page.goto(card.locator("[data-link]").input_value())
    shown = page.locator(".stage img")
    shown.wait_for()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    assert overflow(page) <= 0


def test_several_are_uploaded_with_what_the_form_says(server, tab):
    page = tab()
    page.goto(server.url)
    page.fill("#caption", "One trip")
    page.select_option("#ttl", "1h")
    files = [
        {"name": f"{seed}.png", "mimeType": "image/png", "buffer": pictures.png(seed=seed)}
        for seed in (1, 2, 3)
    ]
    page.set_input_files("#file", files)
    page.locator(".done").first.wait_for()  # the newest card stands first; it is done last
    fields = page.locator("[data-link]").all()
    assert len(fields) == 3
    for field in fields:
        media = requests.get(
            field.input_value().replace(server.url, f"{server.url}/v1/media"), timeout=30
        ).json()
        assert media["caption"] == "One trip"
        assert media["expires_at"] - media["created_at"] == 3_600


def test_a_picture_is_taken_back_from_its_card(server, tab):
    page = tab()
    page.goto(server.url)
    page.evaluate(DROP, given(pictures.jpeg(), "x.jpg", "image/jpeg"))
    link = page.locator("[data-link]")
    link.wait_for()
    page.click("summary")
    assert page.locator("[data-token]").input_value()
    address = link.input_value()
    page.click(".delete")
    page.get_by_text("Deleted: its link shows nothing any more.").wait_for()
    assert requests.get(address, headers={"Accept": "text/html"}, timeout=30).status_code == 410


def test_a_file_over_the_limit_is_told_before_it_is_sent(narrow, tab):
    page = tab()
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(narrow.url)
    page.evaluate(DROP, given(b"x" * 40_000, "large.jpg", "image/jpeg"))
    page.locator(".result").get_by_text("the most is 29.2 KB").wait_for()
    assert f"{narrow.url}/v1/upload" not in sent


def test_what_is_no_picture_is_told_on_its_card(server, chromium):
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()  # Chromium itself logs the 422 as an error, so no watched tab
    page.goto(server.url)
    page.evaluate(DROP, given(b"hello", "notes.txt", "text/plain"))
    page.locator(".result").get_by_text("not an image that we can read").wait_for()
    assert page.locator(".done:visible").count() == 0
    assert page.locator(".retry:visible").count() == 0
    context.close()


def test_links_are_copied(server, tab):
    made = server.upload(pictures.jpeg())
    page = tab(permissions=["clipboard-read", "clipboard-write"])
    page.goto(made["link"])
    page.get_by_role("button", name="Copy direct link").click()
    page.get_by_text("Copied").first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == made["src"]


def test_without_scripts_the_form_gives_a_link(server, tab):
    page = tab(PHONE, java_script_enabled=False)
    page.goto(server.url)
    page.set_input_files(
        "#file", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": pictures.jpeg()}
    )
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="Here is your link").wait_for()
    link = page.get_by_role("textbox", name="Link", exact=True).input_value()
    page.get_by_role("button", name="Delete it now").click()
    page.get_by_role("heading", name="Deleted").wait_for()
    assert requests.get(link, headers={"Accept": "text/html"}, timeout=30).status_code == 410


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_long_words_break_no_page(server, tab, size):
    word = "W" * 500
    fields = {"name": "n", "author_name": word[:256]}
    profile = requests.post(f"{server.url}/v1/embeds", json=fields, headers=server.auth, timeout=30)
    said = {"caption": word, "author": word, word[:64]: word}
    said["embed_profile_id"] = str(profile.json()["id"])
    made = server.upload(pictures.png(900, 40), f"{word[:200]}.png", server.auth, **said)
    page = tab(size)
    for path in (f"/{made['id']}", "/pricing", "/auth/register", "/delete", "/"):
        page.goto(server.url + path)
        assert overflow(page) <= 0, path


def test_the_keyboard_reaches_everything_and_one_can_skip_the_head(server, tab):
    made = server.upload(pictures.jpeg())
    page = tab()
    page.goto(made["link"])
    focused = []
    for _ in range(18):
        page.keyboard.press("Tab")
        focused.append(
            page.evaluate("""() => {
              const here = document.activeElement;
              return here.getAttribute("aria-label") || here.textContent.trim() || here.title;
            }""")
        )
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert focused[0] == "Skip to the content"
    for name in ("Link", "Copy link", "Direct link", "Copy direct link", "Download"):
        assert name in focused


CONTRAST = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = channels(getComputedStyle(at).backgroundColor);
      if (found[3] === undefined || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const [one, other] = [channels(getComputedStyle(element).color), ground(element)]
      .map(luminance).sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) poor.push([walker.currentNode.data.trim(), ratio]);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_the_contrast_of_wcag_aa(server, tab, scheme):
    made = server.upload(pictures.jpeg(), caption="Hello", author="Jane")
    page = tab(color_scheme=scheme)
    for path in (f"/{made['id']}", "/", "/pricing", "/pricing?team=x", "/auth/register", "/delete"):
        page.goto(server.url + path)
        assert page.evaluate("document.body.innerText.length") > 100
        assert page.evaluate(CONTRAST) == [], path
