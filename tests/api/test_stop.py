"""How it ends when it is asked to."""

from __future__ import annotations

import json
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from billproof.errors import Violation
from billproof.signature import StripeSignature
from billproof.trials import becomes, check, check_that, clause, journal, one_of
from billproof.trials.caller import ANSWER_WITHIN_SECONDS
from billproof.trials.pace import pause
from fixtures.api import WEBHOOK

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from billproof.sandbox.client import Fault
    from fixtures.launching import Launcher, Running
    from fixtures.users import User

END_SECONDS = 30
REST_COMES_AFTER_SECONDS = 2.5
"""How long a request may still be on its way, of the ten seconds that an answer may take."""
SLOW_SECONDS = 3
"""How long each call to Stripe takes: a checkout needs more than one."""
SOON_SECONDS = 5.0
CUT, NOT_ASKED = "the connection ended", "not asked"
GOOD_CODES = {0, 143}
"""It ended by itself, or of the signal once everything was done (128 + SIGTERM)."""


def begun(running: Running) -> tuple[socket.socket, bytes]:
    """A delivery whose head and first bytes have arrived; the connection, and the other bytes."""
    running.api.needs_webhooks()
    body = json.dumps({"id": "evt_slow", "object": "event", "type": "price.created"}).encode()
    signature = StripeSignature().sign(body, running.api.environ, time.time())
    place = urlsplit(running.process.base_url)
    head = (
        f"POST {WEBHOOK} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Stripe-Signature: {signature}\r\n\r\n"
    )
    patience = ANSWER_WITHIN_SECONDS + 2
    connection = socket.create_connection((str(place.hostname), place.port or 80), patience)
    connection.sendall(head.encode() + body[:9])
    # Whoever has answered a later request has seen the earlier one. No check is made of it: it
    # would be noted in whichever trial shares this process first.
    for _ in range(3):
        running.api.call("GET", "/livez")
    return connection, body[9:]


def first_line(connection: socket.socket) -> str:
    """What the server says first; nothing when it hangs up."""
    try:
        told = connection.recv(4096)
    except OSError:
        return ""
    return told.split(b"\r\n")[0].decode("latin-1")


@dataclass(frozen=True)
class Parting:
    """What was seen of a process that SIGTERM ended."""

    control: str
    """How a request that came in two halves was answered before."""
    halfway: str
    """How one was that the signal met halfway."""
    waiting: str
    """The status of one that waits for Stripe."""
    code: int | None


@pytest.fixture(scope="module")
def parting(launches: Launcher, make_user: Callable[[], User]) -> Parting:
    """SIGTERM, with requests under way, one that will never be whole, and an idle connection."""
    user = make_user()
    with launches() as running:
        slow = running.stripe.failing("all", user=user, effect="late", seconds=SLOW_SECONDS)
        with slow as fault, ThreadPoolExecutor(1) as beside:
            waiting = beside.submit(asked_slowly, running, user)
            struck(running, fault)
            return part(running, waiting)


def asked_slowly(running: Running, user: User) -> str:
    """The status of a checkout, each of whose calls to Stripe is answered after seconds."""
    if not running.api.declares("checkout"):
        return NOT_ASKED
    try:
        return str(running.api.checkout(user, "pro").status)
    except Violation as told:
        return str(told)


def struck(running: Running, fault: Fault) -> None:
    """Stripe has been asked, and takes its time."""
    if running.api.declares("checkout"):
        sandbox = running.stripe.sandbox
        becomes(lambda: sandbox.find_fault(fault.id).hits, bool, within=SOON_SECONDS)


def part(running: Running, waiting: Future[str]) -> Parting:
    """Send SIGTERM amid two requests and an idle connection, and the rest of one afterwards."""
    connection, rest = begun(running)
    with closing(connection):
        connection.sendall(rest)
        control = first_line(connection)
    connection, rest = begun(running)
    never, _ = begun(running)
    place = urlsplit(running.process.base_url)
    idle = socket.create_connection((str(place.hostname), place.port or 80), 5)
    with closing(connection), closing(never), closing(idle):
        running.process.terminate()
        pause(REST_COMES_AFTER_SECONDS)
        with suppress(OSError):
            connection.sendall(rest)
        halfway = first_line(connection)
        slow = waiting.result(ANSWER_WITHIN_SECONDS * 2)
        return Parting(control, halfway, slow, running.process.wait_exit(END_SECONDS))


@clause("ENV-008")
def test_a_request_under_way_is_still_answered(parting: Parting) -> None:
    """Half of it has come when the signal does; Stripe sends the other half."""
    # Both went by a connection of their own: the last call that was kept is another.
    journal.current().look_away()
    taken = one_of("200", "202", "204")
    check("answer to a delivery in two halves", status(parting.control), taken)
    check("answer to one that SIGTERM met halfway", status(parting.halfway), taken)


@clause("ENV-008")
def test_who_waits_for_stripe_is_still_answered(parting: Parting) -> None:
    """His request was whole when the signal came; whether it went well is another matter."""
    answered = one_of("201", "429", "503", NOT_ASKED)
    check("status of a checkout that SIGTERM met while Stripe was slow", parting.waiting, answered)


def status(line: str) -> str:
    """The status of a first line, or what there was in its place."""
    return line.split(" ")[1] if line.startswith("HTTP/1.") else line or CUT


@clause("ENV-009")
def test_sigterm_ends_it_in_good_order(parting: Parting) -> None:
    """Although clients keep connections open, one of them amid a request."""
    expected = f"0 or 143 within {END_SECONDS} s"
    got = in_words(parting.code)
    check_that("end after SIGTERM", parting.code in GOOD_CODES, expected=expected, got=got)


def in_words(code: int | None) -> str:
    """How a process ended; above 128 by which signal, as a shell says it."""
    if code is None:
        return "it runs on"
    names = {one.value: one.name for one in signal.Signals}
    by = names.get(code - 128)
    return f"{code}, ended by {by}" if by else str(code)
