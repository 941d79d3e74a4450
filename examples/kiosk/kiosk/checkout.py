"""Buying: one open session and one customer for each user, whatever gets lost on the way."""

from __future__ import annotations

import json
from typing import Any

from kiosk.problems import Problem, unavailable
from kiosk.settings import Plan, Settings
from kiosk.store import Store
from kiosk.stripe_calls import Gone, NoAnswer, Stripe, StripeError
from kiosk.subscriptions import documents_of, instant, of_catalogue, read_again

CUSTOMERS, SESSIONS = "/customers", "/checkout/sessions"
KEY_LENGTHS = range(1, 256)


def asked_plan(body: object, settings: Settings) -> Plan:
    """The plan that the body names, and nothing else; 422 otherwise."""
    plan = (
        settings.paid_plan(body["plan"]) if isinstance(body, dict) and [*body] == ["plan"] else None
    )
    if plan is None:
        raise Problem(422, "validation-failed")
    return plan


def asked_key(header: str | None) -> str | None:
    """The Idempotency-Key without its quotes; 422 when it is blank or too long."""
    if header is None:
        return None
    quoted = len(header) > 1 and header[0] == header[-1] == '"'
    key = header[1:-1] if quoted else header
    if len(key) not in KEY_LENGTHS:
        raise Problem(422, "validation-failed")
    return key


class Desk:
    """Where one user at a time is served; other users have desks of their own."""

    def __init__(self, settings: Settings, store: Store, stripe: Stripe, user: int) -> None:
        self._settings, self._store, self._stripe, self._user = settings, store, stripe, user

    def buy(self, plan: Plan, key: str | None) -> dict[str, object]:
        """The open session for the plan; 409 when there is nothing to buy, 503 without Stripe."""
        with self._store.locked(f"user-{self._user}"):
            self._keep_key(key, plan)
            try:
                session = self._session(plan)
            except StripeError:
                raise unavailable() from None
        expires = instant(session["expires_at"])
        return {"session_id": session["id"], "url": session["url"], "expires_at": expires}

    def _keep_key(self, key: str | None, plan: Plan) -> None:
        with self._store.writing() as write:
            write.execute("INSERT OR IGNORE INTO users (id) VALUES (?)", (self._user,))
            if key is None:
                return
            place = (self._user, key)
            write.execute("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", (*place, plan["key"]))
            query = "SELECT plan FROM keys WHERE user = ? AND key = ?"
            first = write.execute(query, place).fetchone()["plan"]
        if first != plan["key"]:
            raise Problem(422, "idempotency-key-reused")

    def _session(self, plan: Plan) -> dict[str, Any]:
        self._finish_orders()
        last = self._last_session()
        customer = self._living_customer()
        living = [one for one in of_catalogue(self._his(), self._settings) if not one.is_over]
        subscribed = any(one.status != "incomplete" for one in living)
        is_open = last.get("status") == "open"
        serves = is_open and self._row()["session_plan"] == plan["key"]
        serves = serves and not subscribed and last["customer"] == customer
        if serves:
            return last
        if is_open:
            self._stripe.post(f"{SESSIONS}/{last['id']}/expire", {})
        if subscribed:
            raise Problem(409, "already-subscribed")
        if living or self._is_pending(last, customer):
            raise Problem(409, "payment-pending")
        return self._new_session(plan, customer or self._new_customer())

    def _last_session(self) -> dict[str, Any]:
        session = self._row()["session"]
        try:
            return self._stripe.get(f"{SESSIONS}/{session}") if session else {}
        except Gone:
            return {}

    def _living_customer(self) -> str | None:
        """The user's customer, his subscriptions read again; None when Stripe has deleted him."""
        customer = self._row()["customer"]
        if customer is None:
            return None
        with self._store.locked(f"customer-{customer}"):
            read_again(self._store, self._stripe, customer, self._user)
        try:
            self._stripe.get(f"{CUSTOMERS}/{customer}")
        except Gone:
            return None
        return str(customer)

    def _is_pending(self, last: dict[str, Any], customer: str | None) -> bool:
        his = self._his()
        waiting = {one.id for one in of_catalogue(his, self._settings) if not one.is_over}
        # What has ended, or has become another product's, is waited for no more.
        settled = {one["id"] for one in his} - waiting
        paid = last.get("status") == "complete" and last["customer"] == customer
        return paid and last["subscription"] not in settled

    def _new_customer(self) -> str:
        return str(self._order(CUSTOMERS, {"metadata[telegram_user_id]": str(self._user)})["id"])

    def _new_session(self, plan: Plan, customer: str) -> dict[str, Any]:
        page = f"{self._settings.public_url}/app/billing"
        form = {
            "mode": "subscription",
            "customer": customer,
            "line_items[0][price]": str(plan["price"]),
            "line_items[0][quantity]": "1",
            "client_reference_id": str(self._user),
            "metadata[telegram_user_id]": str(self._user),
            "metadata[plan]": plan["key"],
            "subscription_data[metadata][telegram_user_id]": str(self._user),
            "success_url": f"{page}/return?session_id={{CHECKOUT_SESSION_ID}}",
            "cancel_url": page,
        }
        if plan["trial_days"] and not any(one["trial_start"] for one in self._his()):
            form["subscription_data[trial_period_days]"] = str(plan["trial_days"])
        return self._order(SESSIONS, form)

    def _finish_orders(self) -> None:
        """Repeat what was asked of Stripe and never answered."""
        query = (
            "SELECT path, form FROM orders WHERE user = ? AND form IS NOT NULL ORDER BY path DESC"
        )
        with self._store.reading() as rows:
            left = rows.execute(query, (self._user,)).fetchall()
        for row in left:
            try:
                self._send(row["path"], json.loads(row["form"]))
            except NoAnswer:
                raise
            except StripeError:
                continue  # A definite no: it was not done, and may be asked anew.

    def _order(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        with self._store.writing() as write:
            write.execute("INSERT OR IGNORE INTO orders VALUES (?, ?, 1, NULL)", (self._user, path))
            query = "UPDATE orders SET form = ? WHERE user = ? AND path = ?"
            write.execute(query, (json.dumps(form), self._user, path))
        return self._send(path, form)

    def _send(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """Ask once more under the order's number; every definite answer ends that number."""
        with self._store.reading() as rows:
            query = "SELECT number FROM orders WHERE user = ? AND path = ?"
            number = rows.execute(query, (self._user, path)).fetchone()["number"]
        try:
            made = self._stripe.post(path, form, f"kiosk{path}/{self._user}/{number}")
        except NoAnswer:
            raise
        except StripeError:
            self._close_order(path, None, form)
            raise
        self._close_order(path, made["id"], form)
        return made

    def _close_order(self, path: str, made: str | None, form: dict[str, str]) -> None:
        with self._store.writing() as write:
            query = "UPDATE orders SET number = number + 1, form = NULL WHERE user = ? AND path = ?"
            write.execute(query, (self._user, path))
            if made and path == CUSTOMERS:
                write.execute("UPDATE users SET customer = ? WHERE id = ?", (made, self._user))
                write.execute("INSERT OR IGNORE INTO customers VALUES (?, ?)", (made, self._user))
            elif made:
                query = "UPDATE users SET session = ?, session_plan = ? WHERE id = ?"
                write.execute(query, (made, form["metadata[plan]"], self._user))

    def _row(self) -> Any:
        with self._store.reading() as rows:
            return rows.execute("SELECT * FROM users WHERE id = ?", (self._user,)).fetchone()

    def _his(self) -> list[dict[str, Any]]:
        return documents_of(self._store, self._user)
