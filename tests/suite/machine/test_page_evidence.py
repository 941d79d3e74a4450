"""What is kept of a page that failed does not tell the secret of a device that it showed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from billproof.trials import journal
from fixtures.evidence import Evidence, picture
from fixtures.pages import go, see
from fixtures.told import told
from fixtures.words import Part
from tests.suite.sandbox.browsing import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SECRET = "kept-by-nobody-0123456789"
OTHER = "kept-by-nobody-9876543210"
URL = "http://127.0.0.1:9/app/billing"
REGISTERS = """async () => {
  const answer = await fetch("/api/v1/devices", { method: "POST" });
  const { secret } = await answer.json();
  document.querySelector("code").textContent = secret;
  console.log(`the answer was ${secret}`);
}"""


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    """One browser for all tests here."""
    with browser() as found:
        yield found


@pytest.fixture
def page(started: Browser) -> Iterator[Page]:
    """A page whose backend answers a registration with a secret."""
    context = started.new_context()
    page = context.new_page()
    page.route(URL, lambda route: route.fulfill(content_type="text/html", body="<code></code>"))
    page.route("**/api/v1/devices", lambda route: route.fulfill(json={"secret": SECRET}))
    journal.begin()
    yield page
    context.close()


def test_what_is_kept_of_a_page_has_no_secret_of_a_device(page: Page, tmp_path: Path) -> None:
    """Though the trial has not come to read it yet."""
    evidence = Evidence(page.context, {})
    page.goto(URL)
    page.evaluate(REGISTERS)
    assert SECRET in page.content()

    evidence.keep(tmp_path, "one")

    [console] = tmp_path.rglob("console.txt")
    assert console.read_text() == f"log: the answer was {journal.HIDDEN}\n"
    assert told(page) == f"a page that reads: {journal.HIDDEN}"


def test_a_trial_that_goes_on_in_another_browser_is_followed_there(
    started: Browser, page: Page, tmp_path: Path
) -> None:
    """Of another time zone, for one: what is kept is of the page that failed."""
    evidence = Evidence(page.context, {})
    before = evidence.elsewhere
    elsewhere = started.new_context()
    evidence.turn_to(elsewhere)
    there = elsewhere.new_page()
    there.goto("data:text/html,<script>console.log('far away')</script>")
    assert (before, evidence.elsewhere) == (None, there)

    evidence.keep(tmp_path, "one")
    elsewhere.close()

    [console] = tmp_path.rglob("console.txt")
    assert console.read_text() == "log: far away\n"
    assert [path.name for path in tmp_path.rglob("trace.zip")] == ["trace.zip"]
    assert len(journal.current().pictures) == 1


def test_the_steps_of_a_trace_have_names(page: Page, tmp_path: Path) -> None:
    """In the words of the trial's checks, above Playwright's calls."""
    page.route(URL, lambda route: route.fulfill(content_type="text/html", body="<h1>Pro</h1>"))
    evidence = Evidence(page.context, {})
    go(page, URL)
    see(page, Part("heading", name="Pro"))

    evidence.keep(tmp_path, "one")

    [trace] = tmp_path.rglob("trace.zip")
    with ZipFile(trace) as kept:
        lines = [json.loads(line) for line in kept.read("trace.trace").splitlines()]
    steps = [line["title"] for line in lines if line.get("method") == "tracingGroup"]
    assert steps == ["GET /app/billing is a page", "/app/billing shows heading 'Pro'"]


def test_a_picture_is_the_same_whatever_the_secret(page: Page) -> None:
    """It is covered; without that the pictures of two secrets differ."""
    pictures = {}
    for secret in (SECRET, OTHER):
        page.set_content(f"<p>Copy it now:</p><code>{secret}</code>")
        bare = picture(page)
        journal.current().secrets.add(secret)
        pictures[secret] = (bare, picture(page))

    assert pictures[SECRET][0] != pictures[OTHER][0]
    assert pictures[SECRET][1] == pictures[OTHER][1]


def test_what_a_page_says_is_cut_between_words(page: Page) -> None:
    """Half a secret would be told by nobody's name."""
    page.set_content(f"<p>{'many words ' * 63}{SECRET}</p>")
    journal.current().secrets.add(SECRET)

    assert told(page).endswith("words")
