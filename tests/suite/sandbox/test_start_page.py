"""The start page, as plain pages: accounts, what is in them, and who may see it."""

from __future__ import annotations

import re
from typing import Literal

import httpx
import pytest

from billproof.sandbox.client import Sandbox
from billproof.sandbox.pages.start.access import masked
from tests.suite.sandbox.conftest import TLS, OpenSession, Receiver, running, wait_until

TABLES = (
    "Events",
    "Calls",
    "Subscriptions",
    "Customers",
    "Checkout sessions",
    "Invoices",
    "Portal sessions",
    "Test clocks",
    "Webhook endpoints",
    "Faults",
)


def opened(visitor: httpx.Client, key: str) -> str:
    """The path of an account that has been used."""
    return visitor.post("/_sandbox/", data={"key": key}).headers["location"]


def test_the_front_door_leads_there(visitor: httpx.Client) -> None:
    """With and without a slash."""
    for path in ("/", "/_sandbox"):
        assert visitor.get(path).headers["location"] == "/_sandbox/"


def test_accounts_are_listed_without_their_keys(
    visitor: httpx.Client, sandbox: Sandbox, key: str
) -> None:
    """A part of the key tells them apart; the link holds nothing of it."""
    sandbox.create_customer()

    page = visitor.get("/_sandbox/").text

    name = re.search(rf'href="([^"]*)">{re.escape(masked(key))}</a>', page)
    assert name is not None
    assert key not in page
    assert masked(key)[-4:] not in name[1]
    assert "1 customer · 1 event" in page[name.end() :]
    assert visitor.get(name[1]).status_code == 200


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("sk_test_0123456789abcdef", "sk_test_…cdef"),
        ("sk_live_shop", "sk_live_…p"),
        ("sk_test_a", "sk_test_…"),
    ],
)
def test_most_of_a_key_is_masked(key: str, shown: str) -> None:
    """A third of it at most is shown."""
    assert masked(key) == shown


def test_elsewhere_a_key_is_needed() -> None:
    """Under a foreign name nothing is listed; a key that was used opens its account."""
    with (
        running("--advertise", "http://sandbox.test") as url,
        Sandbox(url, "sk_test_far") as far,
        httpx.Client(base_url=url, trust_env=False, verify=TLS) as browser,
    ):
        far.create_customer()
        there = {"Host": "sandbox.test"}
        assert "/accounts/" in browser.get("/_sandbox/").text

        page = browser.get("/_sandbox/", headers=there).text
        found = browser.post("/_sandbox/", headers=there, data={"key": "sk_test_far"})
        guessed = browser.post("/_sandbox/", headers=there, data={"key": "sk_test_other"})

        assert "/accounts/" not in page
        assert "Secret key" in page
        assert browser.get(found.headers["location"], headers=there).status_code == 200
        assert guessed.status_code == 404
        assert "No call has been made with this key." in guessed.text
        assert browser.get("/_sandbox/").text.count("/accounts/") == 1


def test_a_new_sandbox_says_how_to_begin() -> None:
    """The variables to set, and a line that works as it stands."""
    with (
        running() as url,
        httpx.Client(base_url=url, trust_env=False, verify=TLS) as browser,
    ):
        page = browser.get("/_sandbox/").text

        assert f"STRIPE_API_BASE={url}" in page
        assert f"curl {url}/v1/customers -u sk_test_123: -d email=ada@example.com" in page
        answer = browser.post(
            "/v1/customers", auth=("sk_test_123", ""), data={"email": "ada@example.com"}
        )
        assert answer.status_code == 200


def test_every_table_says_what_fills_it(visitor: httpx.Client, sandbox: Sandbox, key: str) -> None:
    """An empty account shows all tables, each with a hint; what it names is there."""
    sandbox.customers()
    place = opened(visitor, key)

    page = visitor.get(place).text

    for title in TABLES:
        assert f">{title}</h2>" in page
    assert page.count('class="soft last"') == len(TABLES)
    assert "/v1/webhook_endpoints" in page
    assert "line_items[0][price]=price_pro" in page


def test_what_is_held_is_shown_with_ways_to_its_pages(
    visitor: httpx.Client, sandbox: Sandbox, open_session: OpenSession, key: str
) -> None:
    """Checkout, portal, invoice and PDF are a link away."""
    customer = sandbox.create_customer(email="ada@shop.test").id
    invoice = sandbox.subscribe(customer, "price_pro").latest_invoice
    checkout = str(open_session().url)
    portal = sandbox.stripe("POST", "/v1/billing_portal/sessions", {"customer": customer})["id"]
    clock = {"frozen_time": 1_800_000_000, "name": "Renewals"}
    sandbox.stripe("POST", "/v1/test_helpers/test_clocks", clock)
    place = opened(visitor, key)

    page = visitor.get(place).text

    for address in (checkout, f"/p/session/{portal}", f"/invoice/{invoice}"):
        assert f'{address}"' in page
    assert f"/invoice/{invoice}/pdf" in page
    assert "ada@shop.test" in page
    assert "€19.00 per month" in page
    assert "Renewals" in page


def test_calls_show_their_fate(
    visitor: httpx.Client, sandbox: Sandbox, http: httpx.Client, key: str
) -> None:
    """Status, idempotency key, replays, and what was sent; the fault that struck counts."""
    for _ in range(2):
        http.post("/v1/customers", data={"name": "Zoe"}, headers={"Idempotency-Key": "key-77"})
    sandbox.fault("writes", status=503, times=2)
    http.post("/v1/customers", data={"name": "Yan"})
    place = opened(visitor, key)

    page = visitor.get(place).text

    assert "200 (replayed)" in page
    assert "key-77" in page
    assert ">503<" in page
    assert "&#34;name&#34;: &#34;Zoe&#34;" in page
    assert "1 of 2" in page


def test_events_show_their_deliveries(
    visitor: httpx.Client, sandbox: Sandbox, receiver: Receiver, key: str
) -> None:
    """How often, to where, and what was answered; of the endpoint no secret."""
    receiver.statuses = [500, 200]
    sandbox.set_webhook(receiver.url, "whsec_hidden")
    sandbox.create_customer()
    wait_until(lambda: len(sandbox.attempts()) == 2)
    place = opened(visitor, key)

    page = visitor.get(f"{place}/events").text

    assert "Delivered, 2 tries" in page
    tried = page[page.index(">Deliveries</h3>") :].partition("</table>")[0]
    assert re.findall(r"<td>(\d)</td>", tried) == ["1", "2"]
    assert re.findall(r">(\d{3})</span>", tried) == ["500", "200"]
    assert tried.count(f">{receiver.url}<") == 2
    assert receiver.url in visitor.get(place).text
    assert "whsec_hidden" not in visitor.get(place).text


@pytest.mark.parametrize(("mode", "shown"), [("manual", "Held"), (None, "No endpoint")])
def test_what_has_not_left_is_told(
    visitor: httpx.Client, sandbox: Sandbox, key: str, mode: Literal["manual"] | None, shown: str
) -> None:
    """An event that is held waits for somebody; one without an endpoint for nobody."""
    if mode is not None:
        sandbox.set_webhook("http://127.0.0.1:9/hook", "whsec_1", mode)
    sandbox.create_customer()

    page = visitor.get(f"{opened(visitor, key)}/events").text

    assert f">{shown}</span>" in page


def test_search_finds_what_is_folded_away(
    visitor: httpx.Client, sandbox: Sandbox, key: str
) -> None:
    """In whatever case; what does not contain it is gone, and that is said."""
    for name in ("Violet", "Hugo"):
        sandbox.create_customer(email=f"{name}@shop.test", metadata={"team": f"{name} & Co"})
    place = opened(visitor, key)

    page = visitor.get(f"{place}/customers", params={"q": "violet & CO"}).text
    nobody = visitor.get(f"{place}/customers", params={"q": "<nobody>"}).text

    assert "Violet@shop.test" in page
    assert "Hugo@shop.test" not in page
    assert "Nothing here contains “&lt;nobody&gt;”." in nobody


def test_a_table_shows_its_newest_rows(visitor: httpx.Client, sandbox: Sandbox, key: str) -> None:
    """A few beside the others, with a way to all."""
    for number in range(8):
        sandbox.create_customer(email=f"c{number}@shop.test")
    place = opened(visitor, key)

    overview = visitor.get(place).text
    table = visitor.get(f"{place}/customers").text

    assert "c7@shop.test" in overview
    assert f'href="{place}/customers">All 8' in overview
    assert table.index("c7@shop.test") < table.index("c0@shop.test")


def test_what_is_unchanged_is_not_sent_again(
    visitor: httpx.Client, sandbox: Sandbox, key: str
) -> None:
    """A page that polls costs next to nothing until something happens."""
    sandbox.create_customer()
    place = opened(visitor, key)
    tag = {"If-None-Match": visitor.get(place).headers["etag"]}

    same = visitor.get(place, headers=tag)
    sandbox.create_customer()
    other = visitor.get(place, headers=tag)

    assert (same.status_code, other.status_code) == (304, 200)


@pytest.mark.parametrize("path", ["/_sandbox/accounts/nobody", "{place}/nothing"])
def test_what_is_not_there_is_not_found(
    visitor: httpx.Client, sandbox: Sandbox, key: str, path: str
) -> None:
    """With a way back; the account itself is there."""
    sandbox.create_customer()
    place = opened(visitor, key)
    assert visitor.get(place).status_code == 200

    answer = visitor.get(path.format(place=place))

    assert answer.status_code == 404
    assert 'href="/_sandbox/"' in answer.text


def test_its_script_is_its_own(visitor: httpx.Client) -> None:
    """Only from here, never inline."""
    page = visitor.get("/_sandbox/")

    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    sources = re.findall(r"<script[^>]*>", page.text)
    assert sources == ['<script type="module" src="/_sandbox/static/live.js">']
    script = visitor.get("/_sandbox/static/live.js")
    assert script.headers["content-type"].startswith("text/javascript")
