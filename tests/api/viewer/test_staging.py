"""How pictures of odd shapes stand on their pages, in a real browser."""

from __future__ import annotations

import pictures
import pytest
from needs import need_program

pytestmark = pytest.mark.any_backing

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
MEASURE = """async () => {
  const stage = document.querySelector(".stage"), picture = stage.querySelector("img");
  await picture.decode();
  const {width, height} = picture.getBoundingClientRect();
  const more = [stage.scrollWidth - stage.clientWidth, stage.scrollHeight - stage.clientHeight];
  stage.scrollTo(0, 0);
  const start = picture.getBoundingClientRect(), box = stage.getBoundingClientRect();
  const cut = Math.max(box.x - start.x, box.y - start.y);
  return {width, height, more, cut, ground: getComputedStyle(picture).backgroundImage};
}"""


@pytest.fixture(scope="module")
def browser():
    path = need_program("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield found
        found.close()


@pytest.fixture
def measure(backing, server, browser):
    """Uploads a picture and measures it on its page."""

    def look(data, size, name="a.png"):
        made = server.upload(data, name)
        page = browser.new_page(viewport=size)
        page.goto(made["link"])
        page.locator(".stage img.loaded").wait_for()
        found = page.evaluate(MEASURE)
        found["note"] = page.locator(".note").all_inner_texts()
        found["over"] = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        page.close()
        assert found["over"] <= 0
        assert found["cut"] <= 0, "what lies left of or above the stage can't be scrolled to"
        return found

    return look


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(("width", "height"), [(1500, 1000), (1000, 2900), (2900, 500)])
def test_a_picture_fits_the_window_as_a_whole(measure, size, width, height):
    found = measure(pictures.jpeg(width, height), size)
    assert found["more"] == [0, 0]
    assert found["width"] <= size["width"]
    assert found["height"] <= 0.82 * size["height"]
    assert found["width"] / found["height"] == pytest.approx(width / height, rel=0.02)
    assert found["note"] == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_strip_keeps_its_size_and_scrolls(measure, size):
    tall = measure(pictures.png(60, 6000), size)
    assert (tall["width"], tall["height"]) == (60, 6000)
    assert tall["more"][0] == 0
    assert tall["more"][1] > 0
    wide = measure(pictures.png(6000, 60), size)
    assert (wide["width"], wide["height"]) == (6000, 60)
    assert wide["more"][0] > 0
    assert wide["more"][1] == 0
    assert tall["note"] == wide["note"] == ["Scroll in the picture to see all of it."]


def test_a_dot_can_be_seen_and_is_said_to_be_larger(measure):
    found = measure(pictures.png(1, 1), PHONE)
    assert found["width"] == found["height"] >= 200
    assert found["note"] == ["Shown larger than it is."]


def test_what_may_be_transparent_stands_on_a_checkerboard(measure):
    assert "conic-gradient" in measure(pictures.png(100, 100, mode="RGBA"), DESK)["ground"]
    assert measure(pictures.jpeg(100, 100), DESK, "a.jpg")["ground"] == "none"
