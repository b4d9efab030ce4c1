"""Every page in a real browser: axe finds nothing, and it fits phone and desk, light and dark."""

from __future__ import annotations

import every_page
import pytest
from needs import need_program
from node_tools import axe
from servers import running

pytestmark = [pytest.mark.any_backing, pytest.mark.timeout(600)]

SIZES = ({"width": 390, "height": 844}, {"width": 1280, "height": 800})
RUN = """async (rules) => {
  const settled = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await settled();
  await Promise.all([...document.images].filter(({loading}) => loading !== "lazy")
    .map((image) => image.decode().catch(() => {})));
  await settled();
  const only = rules ? {runOnly: rules} : {};
  const found = await axe.run(document, {resultTypes: ["violations"], ...only});
  return found.violations.map(({id, help, nodes}) =>
    `${id}: ${help}: ` + nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | "));
}"""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"


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


def faults(page, source: str) -> list[str]:
    """What is wrong with the page as it is, in each size and scheme."""
    found = []
    page.evaluate(source)
    for size in SIZES:
        page.set_viewport_size(size)
        if (over := page.evaluate(OVERFLOW)) > 0:
            found.append(f"{size['width']}: wider than the window by {over}")
        # A scheme changes colours alone.
        for scheme, rules in (("light", None), ("dark", ["color-contrast"])):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            where = f"{size['width']} {scheme}"
            found += [f"{where}: {each}" for each in page.evaluate(RUN, rules)]
    return found


def test_every_page_is_there_for_everybody(browser, backing, tmp_path):
    """One browser and one server for all, as each of them costs more than the pages."""
    source, wrong = axe(), []
    with running(tmp_path / "data", REGISTRATION="open") as server:
        guest, member = browser.new_context(), browser.new_context()
        member.add_cookies(every_page.member(server))
        for visit in every_page.visits(server):
            page, complaints = (member if visit.member else guest).new_page(), []
            page.on("console", lambda line, told=complaints: told.append(line.text))
            page.on("pageerror", lambda error, told=complaints: told.append(str(error)))
            answer = page.goto(server.url + visit.path)
            assert answer.status == visit.status, visit.name
            if visit.act:
                visit.act(page)
            found = faults(page, source)
            if visit.status == 200 and not visit.refuses:
                found += complaints
            wrong += [f"{visit.name}: {each}" for each in found]
            page.close()
        guest.close()
        member.close()
    assert not wrong, "\n".join(wrong)
