"""Stripe's events: written down, acknowledged, and only then worked on."""

from __future__ import annotations

import hmac
import json
import logging
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from kiosk.problems import Problem
from kiosk.settings import Settings
from kiosk.store import Store
from kiosk.stripe_calls import Gone, Stripe, StripeError
from kiosk.subscriptions import of_catalogue, read_again

OLDEST_SECONDS = 300
HANDS, AGAIN_SECONDS, LOOK_SECONDS = 4, 0.5, 0.2
OWNER = re.compile(r"[1-9]\d{0,15}", re.ASCII)
log = logging.getLogger(__name__)


def check_signature(body: bytes, header: str, secrets: tuple[str, ...]) -> None:
    """400 unless Stripe has signed these bytes, and not long ago."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    signed = [value for name, _, value in parts if name == "t"]
    if len(signed) == 1 and re.fullmatch(r"\d{1,15}", signed[0], re.ASCII):
        text = signed[0].encode() + b"." + body
        genuine = [hmac.digest(one.encode(), text, "sha256").hex().encode() for one in secrets]
        theirs = [value.encode() for name, _, value in parts if name == "v1"]
        equal = any(hmac.compare_digest(one, other) for one in genuine for other in theirs)
        if equal and time.time() - int(signed[0]) <= OLDEST_SECONDS:
            return
    raise Problem(400, "invalid-signature")


def parse(body: bytes) -> dict[str, Any]:
    """The event; 400 when it is none."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        event = None
    known = isinstance(event, dict) and all(_is_name(event.get(name)) for name in ("id", "type"))
    if not known:
        raise Problem(400, "malformed-event")
    return dict(event)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != "" and value.isascii()


def customer_of(event: dict[str, Any]) -> str | None:
    """Whose event it is: all that is believed of what it carries."""
    data = event.get("data")
    about = data.get("object") if isinstance(data, dict) else None
    if not isinstance(about, dict):
        return None
    named = about.get("id" if about.get("object") == "customer" else "customer")
    named = named.get("id") if isinstance(named, dict) else named
    return str(named) if _is_name(named) else None


class Inbox:
    """Takes events in, and has them worked on by a few hands."""

    def __init__(self, settings: Settings, store: Store, stripe: Stripe) -> None:
        self._settings, self._store, self._stripe = settings, store, stripe
        self._more, self._leaving = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._hands = ThreadPoolExecutor(HANDS)
        self._busy: set[str] = set()

    def open(self) -> None:
        """Begin with what an earlier process left."""
        self._thread.start()

    def close(self) -> None:
        """End what is under way, and leave the rest for the next process."""
        self._leaving.set()
        self._more.set()
        self._thread.join()
        self._hands.shutdown()

    def take(self, event: dict[str, Any]) -> str:
        """Write it down; an event that is known is a duplicate."""
        ours = event.get("livemode") in (None, self._settings.livemode)
        customer = customer_of(event) if ours else None
        with self._store.writing() as write:
            taken = write.execute(
                "INSERT OR IGNORE INTO inbox VALUES (?, ?, 0, ?)",
                (event["id"], customer, customer is None),
            ).rowcount
        self._more.set()
        if not taken:
            return "duplicate"
        return "processed" if customer else "ignored"

    def _work(self) -> None:
        while not self._leaving.is_set():
            self._more.clear()
            for customer in self._waiting():
                self._busy.add(customer)
                self._hands.submit(self._see_to, customer)
            self._more.wait(LOOK_SECONDS)

    def _waiting(self) -> list[str]:
        query = "SELECT DISTINCT customer FROM inbox WHERE done = 0 AND due <= ?"
        with self._store.reading() as rows:
            found = [row["customer"] for row in rows.execute(query, (time.time(),))]
        return [customer for customer in found if customer not in self._busy]

    def _see_to(self, customer: str) -> None:
        """Work on all events of a customer at once; what fails is tried again."""
        try:
            with self._store.locked(f"customer-{customer}"):
                self._catch_up(customer)
        except (StripeError, Problem):
            self._put_off(customer)
        except Exception:
            log.exception("an event could not be worked on")
            self._put_off(customer)
        finally:
            self._busy.discard(customer)
            self._more.set()

    def _catch_up(self, customer: str) -> None:
        with self._store.reading() as rows:
            query = "SELECT event FROM inbox WHERE customer = ? AND done = 0"
            events = [(row["event"],) for row in rows.execute(query, (customer,))]
        # After the events were looked up: one that comes meanwhile is a reason of its own.
        if events and (user := self._owner(customer)):
            seen = read_again(self._store, self._stripe, customer, user)
            if of_catalogue(seen, self._settings):
                self._remember(user, customer)
        with self._store.writing() as write:
            write.executemany("UPDATE inbox SET done = 1 WHERE event = ?", events)

    def _owner(self, customer: str) -> int | None:
        """The user, by our own book or by Stripe's; None for other products' customers."""
        with self._store.reading() as rows:
            query = "SELECT user FROM customers WHERE id = ?"
            if row := rows.execute(query, (customer,)).fetchone():
                return int(row["user"])
        named = ""
        with suppress(Gone):
            found = self._stripe.get(f"/customers/{customer}")
            named = (found.get("metadata") or {}).get("telegram_user_id", "")
        return int(named) if OWNER.fullmatch(named) else None

    def _remember(self, user: int, customer: str) -> None:
        with self._store.writing() as write:
            write.execute("INSERT OR IGNORE INTO customers VALUES (?, ?)", (customer, user))
            write.execute("INSERT OR IGNORE INTO users (id) VALUES (?)", (user,))
            write.execute(
                "UPDATE users SET customer = ? WHERE id = ? AND customer IS NULL", (customer, user)
            )

    def _put_off(self, customer: str) -> None:
        with self._store.writing() as write:
            query = "UPDATE inbox SET due = ? WHERE customer = ? AND done = 0"
            write.execute(query, (time.time() + AGAIN_SECONDS, customer))
