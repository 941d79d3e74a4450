"""report.html: one file, for everybody, with a keyboard alone, on a phone, in the dark."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from playwright.sync_api import Browser, Page, expect

from billproof.reports.page import given, page
from billproof.reports.reading import Report
from billproof.verdicts.verdict import Verdict
from tests.suite.machine.published import AWKWARD, PICTURE, report, result, results
from tests.suite.sandbox.browsing import DESKTOP, Visitor, browser, faults

NARROWEST = (360, 740)
ADDRESS = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    """One browser for all tests here."""
    with browser() as found:
        yield found


@pytest.fixture
def guest(started: Browser) -> Iterator[Visitor]:
    """A window that nothing may leave, and in which nothing may go wrong."""
    visitor = Visitor.into(started)
    yield visitor
    visitor.context.close()
    assert (visitor.abroad, visitor.said) == ([], [])


def come(guest: Visitor, shown: Report) -> Page:
    """The page of a report, all by itself."""
    guest.page.set_content(page(shown))
    return guest.page


def opened(page: Page) -> list[str]:
    """The clauses that are unfolded."""
    return [
        str(each.get_attribute("data-clause"))
        for each in page.locator("details.clause[open]").all()
    ]


def test_it_is_valid_html() -> None:
    """Read by a strict parser; ids are there once, and every link has a place to go to."""
    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page(report()))

    ids = [each.get("id") for each in document.iter() if each.get("id")]
    links = [each.get("href") for each in document.iter("a")]
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_it_asks_for_nothing_from_elsewhere() -> None:
    """No address in it but those that are shown as text; its own policy forbids the rest."""
    document = html5lib.parse(page(report()), namespaceHTMLElements=False)

    loaded = [each.get(name) for each in document.iter() for name in ("src", "srcset", "data")]
    assert [address for address in loaded if address] == [ADDRESS]
    (policy,) = [each for each in document.iter("meta") if each.get("http-equiv")]
    assert policy.get("content").startswith("default-src 'none'; style-src 'unsafe-inline';")


def test_the_head_says_what_was_judged_and_how_to_repeat_it(guest: Visitor) -> None:
    """Target, contract, counts, command and seed."""
    head = come(guest, report()).get_by_role("banner")

    for words in (
        "node server.js",
        "1.0, 15 clauses",
        "2026-11-28 09:30",
        "12.5 s",
        "Chromium 156.0",
    ):
        expect(head).to_contain_text(words)
    expect(head.get_by_role("list", name="Clauses by verdict")).to_contain_text("2 blocked")
    expect(head).to_contain_text("billproof verify --cmd 'node server.js' --seed 7")
    expect(head).to_contain_text("The backend ended with exit code 7.")


@pytest.mark.parametrize(
    ("code", "tone"),
    [(0, "good"), (1, "bad"), (4, "bad"), (2, "fault"), (3, "fault"), (5, "fault")],
)
def test_no_verdict_is_no_bad_one(code: int, tone: str) -> None:
    """What was asked wrongly, or could not be seen, says nothing of the backend."""
    shown = results(result("AUT-001", Verdict.PASS))
    summary = shown.summary.model_copy(update={"exit_code": code})

    html = page(Report(shown.model_copy(update={"summary": summary})))

    assert f'<h1 class="{tone}">' in html


def test_the_words_that_were_said_are_explained(guest: Visitor) -> None:
    """Each verdict of this run, and no other, for whoever asks."""
    head = come(guest, report()).get_by_role("banner")
    expect(head.get_by_role("term").filter(has_text="blocked")).to_be_hidden()

    head.get_by_text("What the words mean").click()

    words = head.locator(".meanings dt").all_inner_texts()
    assert words == [verdict.value for verdict, _ in given(report().results)]
    expect(head.get_by_text("so does a clause that it needs: look there first")).to_be_visible()


def test_a_cascade_is_told_once(guest: Visitor) -> None:
    """One cause, and how many wait for it."""
    page = come(guest, report())
    causes = page.get_by_role("region", name="What to look into")

    first = causes.get_by_role("listitem").first
    expect(first).to_contain_text("CHK-001 is a sentence with <b>, & and |.")
    first.get_by_text("2 blocked by CHK-001").click()

    expect(first.get_by_role("link", name="CHK-003")).to_be_visible()
    expect(causes.get_by_role("listitem")).to_have_count(7)


def test_a_failing_clause_is_open_and_has_all_that_helps(guest: Visitor) -> None:
    """Expected and got, checks, the exchange that shows it, curl, and how to repeat it."""
    page = come(guest, report())
    clause = page.locator("[data-clause=CHK-001].clause")

    expect(clause).to_have_attribute("open", "")
    for words in ("Money is lost.", "Commit `first`", "MUST", "POST /checkout → 500 in 0.012 s"):
        expect(clause).to_contain_text(words)
    expect(clause.locator("del")).to_have_text("201")
    expect(clause.locator("ins")).to_have_text("500")
    expect(clause.get_by_text("billproof verify --only CHK-001 --seed 7")).to_be_visible()
    expect(clause.get_by_text("curl -sS -X POST http://127.0.0.1:8000/checkout")).to_be_visible()
    expect(clause.get_by_text("curl -sS -X POST http://127.0.0.1:8000/first")).to_be_hidden()


def test_a_picture_is_part_of_the_page(guest: Visitor) -> None:
    """It is there, and has words for those who do not see it."""
    page = come(guest, report())

    picture = page.get_by_role("img", name="The page when CHK-004 was judged")
    expect(picture).to_be_visible()
    assert picture.evaluate("each => each.naturalWidth") == 1


def test_what_the_baseline_says_is_shown(guest: Visitor) -> None:
    """Its reason, and whom to ask."""
    page = come(guest, report())

    known = page.locator("[data-clause=AUT-007].clause")
    known.locator("summary").first.click()
    expect(known).to_contain_text("The baseline knows it: ticket 7 (Ada)")


def test_what_a_backend_said_is_text(guest: Visitor) -> None:
    """Its markup is shown and never obeyed."""
    page = come(guest, report())

    visible = page.locator("[data-clause=CHK-004].clause ins").first
    expect(visible).to_contain_text(AWKWARD[:18])
    assert page.locator(".clause b").count() == page.locator(".telling").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, NARROWEST])
def test_axe_finds_nothing(guest: Visitor, scheme: str, size: tuple[int, int]) -> None:
    """With everything unfolded, in both themes, wide and narrow."""
    page = come(guest, report())
    guest.resize(size)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")

    assert faults(page) == []


def test_nothing_scrolls_sideways_on_a_phone(guest: Visitor) -> None:
    """Not even with all transcripts unfolded."""
    page = come(guest, report())
    guest.resize(NARROWEST)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")

    assert page.evaluate("document.documentElement.scrollWidth") == NARROWEST[0]


def test_the_filter_takes_words_and_verdicts(guest: Visitor) -> None:
    """Both at once; the matrix follows, and an empty result says so."""
    page = come(guest, report())
    count = page.get_by_role("status")
    expect(count).to_have_text("15 of 15 clauses")

    page.get_by_role("checkbox", name="fail 2", exact=False).first.check()
    expect(count).to_have_text("2 of 15 clauses")
    expect(page.locator(".matrix li:visible")).to_have_count(2)

    page.get_by_role("searchbox", name="Words").fill("chk-001 curl")
    expect(count).to_have_text("1 of 15 clauses")
    page.get_by_role("searchbox", name="Words").fill("no such word")
    expect(page.get_by_text("No clause is left by this filter.")).to_be_visible()


def test_a_keyboard_is_enough(guest: Visitor) -> None:
    """The first tab stop skips to the clauses; a clause of the matrix unfolds where it is."""
    page = come(guest, report())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the clauses")).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Clauses", exact=True)).to_be_focused()
    page.locator(".matrix a", has_text="AUT-001").focus()
    page.keyboard.press("Enter")

    expect(page.locator("[data-clause=AUT-001].clause")).to_have_attribute("open", "")
    expect(page.locator("[data-clause=AUT-001].clause > summary")).to_be_focused()
    page.keyboard.press("Enter")
    assert "AUT-001" not in opened(page)


def test_it_works_without_a_script(started: Browser, tmp_path: Path) -> None:
    """Links unfold what they lead to; the filter, which needs a script, is not there."""
    file = tmp_path / "report.html"
    file.write_text(page(report()), encoding="utf-8")
    visitor = Visitor.into(started, scripts=False)
    visitor.context.unroute("**/*")
    visitor.page.goto(file.as_uri())

    expect(visitor.page.get_by_role("search")).to_be_hidden()
    visitor.page.locator(".matrix a", has_text="AUT-001").click()
    expect(visitor.page.locator("#AUT-001")).to_be_visible()
    visitor.context.close()


def test_only_what_somebody_has_to_look_into_is_open(guest: Visitor) -> None:
    """Not what is blocked, and not what is known to fail."""
    page = come(guest, report())

    assert opened(page) == [
        *("AUT-002", "AUT-003", "AUT-006", "AUT-008", "AUT-009", "CHK-001", "CHK-004"),
    ]


def test_a_clean_run_has_nothing_to_look_into(guest: Visitor) -> None:
    """And nothing is unfolded."""
    page = come(guest, Report(results(result("AUT-001", Verdict.PASS))))

    expect(page.get_by_role("heading", level=1)).to_have_text("Conforms.")
    expect(page.get_by_role("region", name="What to look into")).to_have_count(0)
    assert opened(page) == []
