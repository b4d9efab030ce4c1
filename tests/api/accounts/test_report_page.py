"""Telling the operator that something is wrong with an image."""

from __future__ import annotations

import pictures
import pytest

from core.services import reports as reporting

ABUSE = "abuse@example.org"


async def picture(found, **fields):
    return (await found.server.upload(pictures.jpeg(), **fields))[2]["id"]


async def test_a_report_is_recorded_and_mailed(site):
    async with site(abuse_email=ABUSE, public_url="https://pix.example") as found:
        media_id = await picture(found)
        browser = await found.browser()
        # Over plain http the browser would drop the cookies of an https site.
        page = await browser.get(f"/{media_id}/report")
        assert "Report a picture" in page.page.title
    async with site(abuse_email=ABUSE) as found:
        browser = await found.browser()
        path = f"/{media_id}/report"
        answer = await browser.submit(path, reason="spam", comment=" Buy\r\nthis ")
        assert answer.status == 201
        assert "on the operator's list" in answer.text
        (report,) = await found.core.reports.list()
        assert (report.media_id, report.reason) == (media_id, "spam")
        assert report.comment.split() == ["Buy", "this"]
        assert (report.created_at, report.closed_at) == (found.clock.now(), None)
        mail = await found.mailbox.next()
        assert (mail.to, mail.subject) == (ABUSE, f"Report {report.id}: spam")
        assert f"{found.url}/{media_id}" in mail.text
        assert "> Buy\n> this\n" in mail.text


async def test_where_no_address_is_named_it_is_recorded_alone(site):
    async with site() as found:
        browser = await found.browser()
        await browser.submit(f"/{await picture(found)}/report", reason="other")
        assert len(await found.core.reports.list()) == 1
        assert found.mailbox.empty


async def test_what_is_wrong_is_told_beside_its_field_and_nothing_typed_is_lost(site):
    async with site() as found:
        browser = await found.browser()
        path = f"/{await picture(found)}/report"
        for fields in ({"comment": "hello"}, {"reason": "because", "comment": "hello"}):
            answer = await browser.submit(path, **fields)
            assert answer.status == 422
            assert "Choose what is wrong" in answer.text
            assert "hello" in answer.text
        long = await browser.submit(path, reason="spam", comment="x" * 2_001)
        assert (long.status, "2,000" in long.text) == (422, True)
        assert long.page.one("input", value="spam").get("checked", "absent") is None
        nul = await browser.submit(path, reason="spam", comment="a\0b")
        assert (nul.status, "NUL" in nul.text) == (422, True)
        assert await found.core.reports.list() == []


async def test_only_a_picture_that_one_may_see_can_be_reported(site):
    async with site() as found:
        auth = await found.server.key("owner@example.org")
        private = (await found.server.upload(pictures.jpeg(), headers=auth, public="0"))[2]["id"]
        gone = await picture(found, ttl="300")
        browser = await found.browser()
        token = await browser.token(f"/{gone}/report")
        found.clock.step(seconds=301)
        for media_id, status in ((private, 404), ("2222222222", 404), (gone, 410)):
            for method in ("GET", "POST"):
                fields = {"csrf": token, "reason": "spam"} if method == "POST" else None
                answer = await browser.request(method, f"/{media_id}/report", data=fields)
                assert answer.status == status
        assert await found.core.reports.list() == []


async def test_who_sees_a_private_picture_by_a_signed_link_can_report_it(site):
    """By the button of its page; and the operator is told a link that opens it."""
    async with site(abuse_email=ABUSE) as found:
        server, browser = found.server, await found.browser()
        auth = await server.key("owner@example.org")
        _, _, made = await server.upload(pictures.jpeg(), headers=auth, public="0")
        route = f"/v1/media/{made['id']}/links"
        asked = {"w": 30, "expires_in": "5m"}
        _, _, signed = await server.call("POST", route, json=asked, headers=auth)
        link = signed["link"].removeprefix(server.url)
        page = (await browser.get(link)).page
        (button,) = [each["href"] for each in page.all("a") if "/report" in each["href"]]
        form = await browser.get(button)
        assert form.status == 200
        assert [each["href"] for each in form.page.all("a")].count(signed["link"]) == 2
        unmoved = await browser.submit(button, reason="")
        assert (unmoved.status, unmoved.page.one("form")["action"]) == (422, button)
        assert (await browser.submit(button, reason="spam")).status == 201
        assert signed["link"] in (await found.mailbox.next()).text
        for other in (button.replace("w=30", "w=31"), button.partition("?")[0]):
            assert (await browser.get(other)).status == 404
        found.clock.step(minutes=5)
        assert (await browser.get(button)).status == 410


async def test_one_address_reports_a_picture_once_a_day(site):
    async with site(abuse_email=ABUSE) as found:
        path = f"/{await picture(found)}/report"
        for _ in range(2):
            browser = await found.browser()
            assert (await browser.submit(path, reason="spam")).status == 201
        assert len(await found.core.reports.list()) == 1
        await found.mailbox.next()
        assert found.mailbox.empty
        found.clock.step(days=1)
        await (await found.browser()).submit(path, reason="spam")
        assert len(await found.core.reports.list()) == 2


async def test_reports_of_one_address_are_few(site):
    async with site() as found:
        browser = await found.browser()
        paths = [f"/{await picture(found)}/report" for _ in range(6)]
        statuses = [(await browser.submit(path, reason="spam")).status for path in paths]
        assert statuses == [201] * 5 + [429]
        assert len(await found.core.reports.list()) == 5


async def test_the_operators_mailbox_is_not_flooded(site, monkeypatch):
    monkeypatch.setattr(reporting, "MAIL_RATE", "2/hour")
    async with site(abuse_email=ABUSE) as found:
        browser = await found.browser()
        for _ in range(4):
            await browser.submit(f"/{await picture(found)}/report", reason="spam")
        assert len(await found.core.reports.list()) == 4
        await found.mailbox.next()
        await found.mailbox.next()
        assert found.mailbox.empty


async def test_the_reporters_address_is_not_kept(site):
    """Not the address, nor anything by which days could be put together."""
    async with site() as found:
        book = found.core.reports._book
        kept = []
        real = book.add

        async def add(media_id, reason, comment, reporter, now):
            kept.append(reporter)
            return await real(media_id, reason, comment, reporter, now)

        book.add = add
        path = f"/{await picture(found)}/report"
        for _ in range(2):
            await (await found.browser()).submit(path, reason="spam")
        found.clock.step(days=1)
        await (await found.browser()).submit(path, reason="spam")
        assert kept[0] == kept[1] != kept[2]
        assert all("127" not in each[:4] and len(each) == 64 for each in kept)


@pytest.mark.parametrize("reason", ["", "spam"])
async def test_a_comment_is_text(site, reason):
    """In the page that comes back, and in the mail."""
    hostile = [
        "</textarea><script>alert(1)</script>",
        "\"'><img src=x onerror=alert(1)>",
        "{{7*7}}",
        "\n.\r\nMAIL FROM:<x>",
        "Subject: x\n\n--boundary",
        "👩‍👩‍👧‍👦 \u202e漢字",
    ]
    async with site(abuse_email=ABUSE) as found:
        browser = await found.browser()
        plain = None
        for comment in hostile[:5]:
            path = f"/{await picture(found)}/report"
            answer = await browser.submit(path, reason=reason, comment=comment)
            plain = plain or answer.page.skeleton
            assert answer.page.skeleton == plain
            if reason:
                mail = await found.mailbox.next()
                assert mail.subject.endswith(": spam")
                for line in comment.split("\n"):
                    assert f"> {line.strip()}" in mail.text or not line.strip()


async def test_the_form_needs_no_script_and_says_what_it_is(site):
    async with site() as found:
        page = (await (await found.browser()).get(f"/{await picture(found)}/report")).page
        assert page.all("script") == []
        assert len(page.all("input", type="radio", name="reason")) == len(reporting.REASONS)
        assert page.one("textarea")["maxlength"] == "2000"
