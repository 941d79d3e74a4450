"""What a page must never run, tell or ask."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from billproof.trials import check, check_that, clause
from billproof.trials.redaction import SECRETS
from fixtures.api import DEVICES, INVOICES, SUBSCRIPTION
from fixtures.asking import settle_after
from fixtures.claims import KNOWS
from fixtures.pages import go, see, tap
from fixtures.reading import looked_at, text_of
from fixtures.registering import leave_sheet, read, register
from fixtures.telegram import SCRIPT
from fixtures.told import forms_of
from fixtures.touring import knock, tour
from fixtures.words import BILLING, RETURN, Part

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Page, Route

    from fixtures.api import Api
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.telegram import Telegram
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

PROOF = re.compile("hash(=|%3D|%253D)[0-9a-f]{64}", re.IGNORECASE)
"""What makes init data genuine, as it stands in an address."""
PROOF_CHARACTERS = 64
CONNECTS = """() => all("link[rel~=preconnect i]").map((one) => one.href)"""
STRIPES = re.compile(r"(^|\.)stripe\.com$")
"""A page asks Stripe for nothing, but leads there on a tap, and may be ready for it."""
HOSTILE = "<img src=x onerror=window.pwned=1><script>window.pwned=2</script>\"' &lt;b&gt; 5%+&amp;"
TWICE = "&lt;img"
"""How the same begins where it was made harmless once more than it is shown."""
BEGINS, ENDS = "<imgsrc=x", "&lt;b&gt;5%+&amp;"
"""Of the same, without its spaces: what is cut short has lost its end, not what is before it."""
INVISIBLE = re.compile(r"[\s\u00ad\u200b]")
"""What a page may put into a long name to let it break."""
ADDRESS = f"https://invoice.stripe.com/i/\"'>{HOSTILE}"
LINKS = """() => all("a[href]").map((one) => one.href.split("#")[0])"""
NOTHING_IS_KEPT = """for (const store of ["localStorage", "sessionStorage"]) {
  const get = () => { throw new DOMException("Access is denied.", "SecurityError"); };
  Object.defineProperty(window, store, { get });
}"""
"""As browsers have it in which storage is forbidden."""
EVERYTHING = """() => ({
  "the page's markup": markup(), "its address": location.href, cookies: document.cookie,
  localStorage: JSON.stringify(localStorage), sessionStorage: JSON.stringify(sessionStorage),
})"""


@clause("APP-023")
def test_what_looks_like_markup_is_text(
    visit: Visit, page: Page, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """A device's name, in the list and once it is new, an invoice's number, the user's own name."""
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)
    device = {"name": HOSTILE, "fingerprint": "hostile-1"}
    api.call("POST", DEVICES, user, json_body=device).expect(201)
    changed: list[str] = []

    def rename(route: Route) -> None:
        # Stripe gives its own numbers; what a page is told of them is changed on its way.
        answer = route.fetch()
        told = answer.json()
        for invoice in told.get("invoices", []):
            invoice["number"] = HOSTILE
            changed.append(invoice["id"])
        route.fulfill(response=answer, body=json.dumps(told))

    page.route(f"**{INVOICES}*", rename)
    named = user.init_data(first_name=HOSTILE, username="x")
    visit.with_init_data(visit.sign(named))

    expect(pages.devices(page).first).to_contain_text(HOSTILE)
    expect(pages.invoices(page).first).to_be_visible()
    if changed:
        expect(pages.invoices(page).first).to_contain_text(HOSTILE)
    secret = register(page, pages, HOSTILE, "hostile-2")
    expect(read(page, secret).first).to_be_visible()
    check_nothing_ran(page)
    leave_sheet(page)
    expect(pages.devices(page)).to_have_count(2)
    check_nothing_ran(page)
    tap(page, pages.remove(page, HOSTILE))
    pages.question(page).first.wait_for()
    check_nothing_ran(page)
    pages.answer_removing(page, sure=False)
    check_nothing_ran(page)


@clause("APP-023")
def test_a_status_or_an_address_that_looks_like_markup_runs_nothing(
    visit: Visit, page: Page, api: Api, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """What Stripe may one day say, and what anybody may write behind a page's address.

    An invoice's address is one that a page need not show.
    """
    stripe.subscribe(user, "pro")
    api.subscription_becomes(user, plan="pro", access=True)

    def restate(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=json.dumps(answer.json() | {"status": HOSTILE}))

    def readdress(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        for invoice in told.get("invoices", []):
            invoice.update(hosted_invoice_url=ADDRESS, invoice_pdf=ADDRESS)
        route.fulfill(response=answer, body=json.dumps(told))

    page.route(f"**{SUBSCRIPTION}", restate)
    page.route(f"**{INVOICES}*", readdress)
    settle_after(page, lambda: visit(user))
    see(page, Part("heading", name="Pro"))
    pages.action(page, "manage").first.wait_for()
    check_nothing_ran(page)
    page.unroute_all(behavior="wait")

    for path in (BILLING, RETURN):
        said = quote(HOSTILE)
        go(page, f"{api.environ['PUBLIC_URL']}{path}?session_id={said}&plan={said}#{said}")
        see(page, Part("heading", name="Pro") if path == BILLING else KNOWS)
        check_nothing_ran(page)


def check_nothing_ran(page: Page) -> None:
    """The hostile text has become neither a script that ran nor an element, and is all there."""
    check("what the markup has run", page.evaluate("window.pwned ?? null"), None)
    check("elements of the markup", page.locator("img[src=x]").count(), 0)
    said = text_of(page)
    check("markup that is written as a program has it", TWICE in said, expected=False)
    shown = INVISIBLE.sub("", said).lower()
    robbed = max(shown.count(ENDS) - shown.count(BEGINS), 0)
    check("places where what looks like markup has been left out", robbed, 0)


@clause("APP-024")
@pytest.mark.usefixtures("chromium")
def test_no_secret_is_told(
    visit: Visit,
    page: Page,
    api: Api,
    stripe: Stripe,
    user: User,
    pages: PageObject,
    telegram: Telegram,
) -> None:
    """Neither to the page and what it keeps, nor, of whoever uses it, in any address."""
    asked: list[str] = []
    bodies: list[tuple[str, str]] = []
    opened: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("framenavigated", lambda one: opened.append(one.url))
    page.context.route(
        f"{api.environ['PUBLIC_URL']}/**",
        lambda route: _pass_on(route, bodies),
    )
    tour(visit, api, stripe, user, pages)
    page.context.unroute_all(behavior="wait")

    seen: dict[str, str] = looked_at(page, EVERYTHING)
    seen |= {f"what {address} answers": body for address, body in bodies}
    seen["addresses that were asked"] = "\n".join(asked)
    told = sum(map(len, seen.values()))
    looked = any(BILLING in text for text in seen.values())
    check_that("what was looked at", looked, expected="the pages", got=str(told))
    for name in SECRETS:
        for secret in api.environ[name].split(","):
            places = [place for place, text in seen.items() if secret in text]
            check_that(f"{name} is told", not places, expected="nowhere", got=", ".join(places))
    opens = bool(telegram.opened)
    check_that("addresses that Telegram was to open", opens, expected="some", got="none")
    # The page's own may have them behind a #, as Telegram gives them; another's may not.
    addresses = [*(url.partition("#")[0] for url in asked), *telegram.opened]
    addresses += [url for url in opened if url.startswith(stripe.sandbox.url)]
    addresses += looked_at(page, LINKS)
    check("addresses with init data", [url for url in addresses if PROOF.search(url)], [])
    proofs = {found.group()[-PROOF_CHARACTERS:] for url in opened for found in PROOF.finditer(url)}
    check_that("proofs of the init data", bool(proofs), expected="in the address", got="none")
    for form in (form for proof in proofs for form in forms_of(proof)):
        proving = [url for url in addresses if form in url]
        check("addresses with what proves init data, in some form", proving, [])


@clause("APP-024")
def test_where_nothing_can_be_kept_no_address_has_init_data(
    visit: Visit, page: Page, user: User
) -> None:
    """A browser may forbid storage; a page need not work there, and has no other place for them."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.on("framenavigated", lambda one: asked.append(one.url))
    page.add_init_script(NOTHING_IS_KEPT)
    settle_after(page, lambda: visit(user))

    settle_after(page, page.reload)

    is_open = [PROOF.search(url) is not None for url in asked if BILLING in url]
    opened = "at an address that has the init data behind its #"
    check_that("the page is opened", any(is_open), expected=opened, got="not so")
    # What stands behind a # is told to nobody.
    addresses = [url.partition("#")[0] for url in asked]
    check("addresses with init data", [url for url in addresses if PROOF.search(url)], [])


def _pass_on(route: Route, bodies: list[tuple[str, str]]) -> None:
    if route.request.resource_type == "eventsource":  # its answer has no end
        route.fallback()
        return
    answer = route.fetch(max_redirects=0)
    asked = f"{route.request.method} {urlsplit(route.request.url).path}"
    headers = (f"{one['name']}: {one['value']}" for one in answer.headers_array)
    bodies.append((f"{asked}, {len(bodies) + 1}", "\n".join([text_in(answer), *headers])))
    route.fulfill(response=answer)


def text_in(answer: APIResponse) -> str:
    """What an answer says; a font or a picture says it in bytes that are no letters."""
    return answer.body().decode("utf-8", "replace")


@clause("APP-026")
def test_the_pages_ask_nobody_else(
    visit: Visit, api: Api, stripe: Stripe, user: User, pages: PageObject, telegram: Telegram
) -> None:
    """No font, no script, no count of visitors from elsewhere; Telegram's script alone."""
    urls: list[str] = looked_at(knock(visit, user), CONNECTS)
    urls += looked_at(tour(visit, api, stripe, user, pages), CONNECTS)

    check("who else was asked", telegram.asked, [])
    # A connection ahead of any request is seen in the page alone.
    known = {urlsplit(url).hostname for url in (api.environ["PUBLIC_URL"], SCRIPT)}
    hosts = {urlsplit(url).hostname or "" for url in urls} - known
    others = sorted(host for host in hosts if not STRIPES.search(host))
    check("who else is connected to ahead", others, [])
