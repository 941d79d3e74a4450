"""Many calls at once: each has its effect once, and none waits for another's misfortune."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Barrier

import httpx
import pytest

from billproof.sandbox.client import Sandbox, SandboxRefused
from tests.suite.sandbox.conftest import wait_until

NOON = 1_700_000_000
DAY = 86_400


def at_once(work: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """The answers of calls that begin together."""
    start = Barrier(len(work))

    def run(call: Callable[[], httpx.Response]) -> httpx.Response:
        start.wait(timeout=20)
        return call()

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(run, work))


@contextmanager
def hanging(server: str, secret: str, count: int, idempotency: str = "") -> Iterator[None]:
    """So many calls that are sent, and whose answers nobody has read yet."""
    headers = {"Authorization": f"Bearer {secret}"}
    if idempotency:
        headers["Idempotency-Key"] = idempotency
    connections = [HTTPConnection(server.removeprefix("http://")) for _ in range(count)]
    for each in connections:
        each.request("POST", "/v1/customers", headers=headers)
    yield
    for each in connections:
        each.close()


def test_fifty_equal_calls_under_one_key_have_one_effect(
    http: httpx.Client, sandbox: Sandbox
) -> None:
    """All but one are replays of it or are told that it is under way; other keys have their own."""
    headers = {"Idempotency-Key": "fifty"}
    form = {"email": "ada@shop.test"}

    answers = at_once([lambda: http.post("/v1/customers", data=form, headers=headers)] * 50)

    (made,) = sandbox.customers()
    good = [answer for answer in answers if answer.status_code == 200]
    assert {answer.json()["id"] for answer in good} == {made.id}
    assert Counter("idempotent-replayed" in answer.headers for answer in good)[False] == 1
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert [event.type for event in sandbox.events()] == ["customer.created"]
    http.post("/v1/customers", data=form, headers={"Idempotency-Key": "fifty-first"})
    assert len(sandbox.customers()) == 2


def test_of_different_calls_under_one_key_one_is_served(
    http: httpx.Client, sandbox: Sandbox
) -> None:
    """The others are told that the key was used otherwise."""

    def post(number: int) -> Callable[[], httpx.Response]:
        headers = {"Idempotency-Key": "several"}
        return lambda: http.post("/v1/customers", data={"name": str(number)}, headers=headers)

    answers = at_once([post(number) for number in range(20)])

    (made,) = sandbox.customers()
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[200] == 1
    assert statuses[400] + statuses[409] == 19
    assert next(each for each in answers if each.status_code == 200).json()["id"] == made.id


def _on_a_clock(sandbox: Sandbox) -> tuple[str, str, int]:
    params = {"frozen_time": NOON}
    clock = str(sandbox.stripe("POST", "/v1/test_helpers/test_clocks", params)["id"])
    customer = sandbox.create_customer(test_clock=clock).id
    return clock, customer, sandbox.subscribe(customer, "price_pro").current_period_end


def test_two_clocks_advance_at_once(sandbox: Sandbox) -> None:
    """Each customer is billed for his own month, once, in the instant of his own clock."""
    (first, ada, end), (second, bob, _) = _on_a_clock(sandbox), _on_a_clock(sandbox)

    with ThreadPoolExecutor(2) as threads:
        moves = [
            threads.submit(sandbox.advance, first, end + 2 * 3600),
            threads.submit(sandbox.advance, second, end - DAY),
        ]
        for move in moves:
            move.result(timeout=30)

    paid = [event for event in sandbox.events() if event.type == "invoice.paid"]
    assert Counter(event.customer for event in paid) == {ada: 2, bob: 1}
    assert {event.created for event in paid if event.customer == bob} == {NOON}
    assert end <= paid[-1].created <= end + 2 * 3600


def test_a_clock_that_is_advanced_twice_at_once_goes_one_way(sandbox: Sandbox) -> None:
    """One call wins, the other is told to wait; the month is billed once."""
    clock, _, end = _on_a_clock(sandbox)
    path = f"/v1/test_helpers/test_clocks/{clock}/advance"

    def go(to: int) -> int:
        try:
            sandbox.stripe("POST", path, {"frozen_time": to})
        except SandboxRefused as refused:
            return refused.status
        return 200

    with ThreadPoolExecutor(2) as threads:
        answers: list[Future[int]] = [threads.submit(go, end + 7200) for _ in range(2)]
        statuses = sorted(answer.result(timeout=30) for answer in answers)

    wait_until(lambda: sandbox.stripe("GET", path.rsplit("/", 1)[0])["status"] == "ready")
    assert statuses == [200, 400]
    assert [event.type for event in sandbox.events()].count("invoice.paid") == 2


@pytest.mark.parametrize("what", ["customers", "test_helpers/test_clocks"])
def test_what_is_deleted_while_its_clock_advances_is_billed_no_more(
    sandbox: Sandbox, what: str
) -> None:
    """The customer, or the clock with him; another clock's customer is billed."""
    clock, customer, end = _on_a_clock(sandbox)
    other, kept, _ = _on_a_clock(sandbox)
    gone = {"customers": customer, "test_helpers/test_clocks": clock}[what]
    path = f"/v1/test_helpers/test_clocks/{clock}"
    sandbox.stripe("POST", f"{path}/advance", {"frozen_time": end + 7200})

    sandbox.stripe("DELETE", f"/v1/{what}/{gone}")

    sandbox.advance(other, end + 7200)
    paid = Counter(each.customer for each in sandbox.events() if each.type == "invoice.paid")
    assert paid[kept] == 2
    assert paid[customer] in {1, 2}
    assert sandbox.customer(customer).deleted
    if what == "customers":
        wait_until(lambda: sandbox.stripe("GET", path)["status"] == "ready")
        types = [event.type for event in sandbox.events(customer=customer)]
        assert types[-1] == "customer.deleted"


def test_calls_that_hang_hold_nobody_up(
    server: str, key: str, http: httpx.Client, sandbox: Sandbox
) -> None:
    """Forty of them; as many others, of this account and of another, are served meanwhile."""
    fault = sandbox.fault("create", kind="customer", effect="hang", times=40)
    other = {"Authorization": f"Bearer {key}other"}
    with hanging(server, key, 40):
        wait_until(lambda: sandbox.find_fault(fault.id).hits == 40)

        answers = [http.post("/v1/customers") for _ in range(20)]
        answers += [http.post("/v1/customers", headers=other) for _ in range(20)]
        unanswered = [call.status for call in sandbox.calls()].count(None)

    assert {answer.status_code for answer in answers} == {200}
    assert unanswered == 40
    assert len(sandbox.customers()) == 20


def test_a_key_that_hangs_is_in_use_even_for_calls_that_would_hang(
    server: str, key: str, http: httpx.Client, sandbox: Sandbox
) -> None:
    """They are told so at once, as often as they come, and the fault does not strike them."""
    headers = {"Idempotency-Key": "stuck"}
    fault = sandbox.fault("create", kind="customer", effect="hang")
    with hanging(server, key, 1, idempotency="stuck"):
        wait_until(lambda: sandbox.find_fault(fault.id).hits == 1)

        answers = [http.post("/v1/customers", headers=headers) for _ in range(3)]

        assert [answer.status_code for answer in answers] == [409] * 3
        assert sandbox.find_fault(fault.id).hits == 1
    sandbox.clear_fault(fault.id)
    wait_until(lambda: http.post("/v1/customers", headers=headers).status_code == 200)
    assert len(sandbox.customers()) == 1


@pytest.mark.parametrize("effect", ["reset", "lost"])
def test_a_connection_that_drops_takes_no_other_with_it(
    http: httpx.Client, sandbox: Sandbox, effect: str
) -> None:
    """Half of the calls at once lose their answers; repeated under their keys, each counts once."""
    sandbox.fault("create", kind="customer", effect=effect, times=10)  # type: ignore[arg-type]

    def post(number: int) -> Callable[[], httpx.Response]:
        headers = {"Idempotency-Key": f"call-{number}"}
        return lambda: http.post("/v1/customers", data={"name": str(number)}, headers=headers)

    def patiently(number: int) -> Callable[[], httpx.Response]:
        def run() -> httpx.Response:
            try:
                return post(number)()
            except httpx.TransportError:
                return httpx.Response(599)

        return run

    answers = at_once([patiently(number) for number in range(20)])

    assert Counter(answer.status_code for answer in answers) == {200: 10, 599: 10}
    assert len(sandbox.customers()) == {"reset": 10, "lost": 20}[effect]
    again = [post(number)() for number in range(20)]
    assert {answer.status_code for answer in again} == {200}
    names = Counter(each.model_dump()["name"] for each in sandbox.customers())
    assert names == {str(number): 1 for number in range(20)}
