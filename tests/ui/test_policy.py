"""What a page's Content-Security-Policy lets run."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest

from billproof.trials import check_that, clause
from fixtures.asking import settle_after
from fixtures.pages import go
from fixtures.touring import knock, tour
from fixtures.words import BILLING, RETURN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page, Route

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

INLINE = """() => {
  // No script element that a script has made: 'strict-dynamic' trusts whom scripts trust.
  // Nor text for setTimeout: what eval may run is no inline script, and some frameworks need it.
  const made = document.createElement("b");
  try {
    made.setAttribute("onclick", "(window.ran ??= []).push('an onclick attribute')");
  } catch {}
  document.body.append(made);
  made.click();
  return new Promise((done) => setTimeout(() => done(window.ran ?? [])));
}"""
INLINED = """<b id=inlined></b><script>(window.ran ??= []).push("a script in its text")</script>
<img alt="" src="data:," onerror="(window.ran ??= []).push('an onerror attribute in its text')">
<script src="data:text/javascript,(window.ran ??= []).push('a script from data:')"></script>"""
STALE = (
    """<script nonce="{}">(window.ran ??= []).push("a script with a nonce of before")</script>"""
)
NONCE = re.compile(r"'nonce-([^']+)'")
WRITTEN = {"expected": "the end of what was written", "got": "no such element"}
# A policy that only reports stops nothing.
LISTEN = """addEventListener("securitypolicyviolation", (it) => it.disposition === "enforce"
  && window.violated(`${it.violatedDirective} ${it.blockedURI} on ${location.pathname}`));"""


@clause("APP-025")
def test_the_policy_runs_nothing_inline_and_is_kept(
    visit: Visit, page: Page, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """The pages themselves break it nowhere; a script in their text does not run."""
    broken: list[str] = []
    page.context.expose_function("violated", lambda what: broken.append(str(what)))
    page.context.add_init_script(LISTEN)
    knock(visit, user)
    # Whoever comes too late is told so there, or waits.
    settle_after(page, lambda: go(page, api.environ["PUBLIC_URL"] + RETURN))
    tour(visit, api, stripe, user, pages)
    check_that(
        "the pages keep to their own policy",
        not broken,
        expected="nothing on them that their Content-Security-Policy stops",
        got=f"the browser stopped: {', '.join(dict.fromkeys(broken))}",
    )

    for path in (BILLING, RETURN):
        url = api.environ["PUBLIC_URL"] + path
        stale = nonces_of(page, url)
        written: list[str] = []
        page.route(url, partial(write_into, nonces=stale, written=written))
        go(page, url)
        page.unroute_all()
        # A page that makes all of its body anew may have taken it away by now.
        check_that("the markup is there", INLINED in "".join(written), **WRITTEN)
        ran = page.evaluate(INLINE)
        expected = "none: its Content-Security-Policy lets no text of the page run"
        what = f"scripts that a trial wrote into {path}, as a name that is not escaped would"
        check_that(what, not ran, expected=expected, got=f"what ran: {', '.join(ran)}")


def nonces_of(page: Page, url: str) -> list[str]:
    """What a policy of now lets scripts of now have; whoever writes into a later page knows it."""
    told = page.request.get(url)
    policy = told.headers.get("content-security-policy", "")
    return [*NONCE.findall(policy), *NONCE.findall(told.text())]


def write_into(route: Route, nonces: Sequence[str], written: list[str]) -> None:
    """The page as it comes, with a script in its text, as a name that was not escaped would put."""
    answer = route.fetch()
    before, end, after = answer.text().rpartition("</body>")
    inlined = INLINED + "".join(STALE.format(one) for one in nonces)
    written.append(f"{before or after}{inlined}{end}{after if end else ''}")
    route.fulfill(response=answer, body=written[-1])
