"""One account's rows in the state file: what has changed goes there, all of it comes back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Protocol

from billproof.sandbox.objects.account import Account, Name
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.idempotency import IdempotencyKeys, Remembered
from billproof.sandbox.objects.settings import AfterRetries, BillingSettings
from billproof.sandbox.objects.timeline import NOBODY, Life
from billproof.sandbox.state.codec import SHARED, codec
from billproof.sandbox.webhooks.attempts import Attempt, Deliveries


class Texts(Protocol):
    """Things of which each is kept as a text, by who knows what it says."""

    def changes(self) -> Mapping[str, str | None]:
        """What is not safe yet, each under its name; None for what is no more."""

    def settled(self) -> None:
        """Take note that all of it is safe."""

    def restore(self, texts: Iterable[str]) -> None:
        """Take up what was safe, oldest first."""


class Ledger:
    """What the file knows of one account.

    A call may change any object of the customers it touches, so all of those are compared
    with what was written of them last; events never change but for who has taken them.
    """

    def __init__(
        self,
        file: sqlite3.Connection,
        account: Account,
        deliveries: Deliveries,
        keys: IdempotencyKeys,
        faults: Texts,
    ) -> None:
        self._file, self._account = file, account
        self._deliveries, self._keys, self._faults = deliveries, keys, faults
        self._codec = codec()
        self._numbers: dict[Name, int] = {}
        self._written: dict[Name | str, int] = {}
        self._of_owner: dict[str, dict[Name, None]] = {}
        self._attempts = self._answers = 0

    # Reading

    def load(self) -> None:
        """Put all that the file has into the account."""
        key = self._account.key
        rows = self._file.execute(
            "select kind, id, number, body from object where account = ? order by number", (key,)
        ).fetchall()
        order = {kind.kind: place for place, kind in enumerate(SHARED)}
        for kind, identifier, number, body in sorted(
            rows, key=lambda row: order.get(row[0], len(order))
        ):
            self._account.add(self._codec.read(self._account, kind, body))
            self._note((kind, identifier), number, body)
        self._load_lives(key)
        self._load_rest(key)
        self._load_past(key)
        self._load_faults(key)
        self._account.touched.clear()

    def _load_lives(self, key: str) -> None:
        found = self._file.execute("select owner, body from life where account = ?", (key,))
        for owner, body in found:
            said = json.loads(body)
            due = [(instant, name) for instant, name in said.pop("due")]
            self._account.timeline.restore(owner, Life(**said, due=due))

    def _load_rest(self, key: str) -> None:
        found = self._file.execute("select rest from account where key = ?", (key,)).fetchone()
        rest = json.loads(found[0])
        settings, deliveries = rest["settings"], self._deliveries
        self._account.settings = BillingSettings(
            retry_days=tuple(settings["retry_days"]),
            after_retries=AfterRetries(settings["after_retries"]),
            finalization_delay=settings["finalization_delay"],
            upcoming_days=settings.get("upcoming_days", 7),
        )
        self._account.search_lag = rest["search_lag"]
        deliveries.mode, deliveries.by_customer = rest["mode"], rest["by_customer"]
        deliveries.patience = rest.get("patience", deliveries.patience)
        deliveries.back_off, deliveries.dropped = tuple(rest["back_off"]), set(rest["dropped"])

    def _load_past(self, key: str) -> None:
        attempts = self._file.execute(
            "select body from attempt where account = ? order by number", (key,)
        )
        self._deliveries.attempts = [Attempt(**json.loads(body)) for (body,) in attempts]
        answers = self._file.execute(
            "select key, fingerprint, status, text, request from answer where account = ?", (key,)
        )
        self._keys.answers = {name: Remembered(*rest) for name, *rest in answers}
        self._attempts, self._answers = len(self._deliveries.attempts), len(self._keys.answers)

    def _load_faults(self, key: str) -> None:
        found = self._file.execute(
            "select body from fault where account = ? order by number", (key,)
        )
        self._faults.restore(body for (body,) in found)

    def _note(self, name: Name, number: int, body: str) -> None:
        self._numbers[name], self._written[name] = number, hash(body)
        resource = self._account.held(name)
        if resource is not None and not isinstance(resource, Event):
            self._of_owner.setdefault(resource.owner or NOBODY, {})[name] = None

    # Writing

    def save(self) -> None:
        """Write what has changed; StripeError (500) when the disk does not take it.

        What could not be written is tried again with the next call.
        """
        past = self._attempts, self._answers
        try:
            self._file.execute("begin")
            self._save_past()
            for name in self._changed():
                self._save_object(name)
            self._save_lives()
            self._save_rest()
            self._save_faults()
            self._file.execute("commit")
        except sqlite3.Error as error:
            if self._file.in_transaction:
                self._file.execute("rollback")
            self._written.clear()
            self._attempts, self._answers = past
            raise StripeError(Refusal.NOT_SAVED, reason=str(error)) from error
        self._account.touched.clear()
        self._faults.settled()

    def _changed(self) -> dict[Name, None]:
        """What was touched, and all else that those customers have; in order of creation."""
        touched = dict(self._account.touched)
        for owner in self._owners():
            touched |= self._of_owner.get(owner, {})
        return touched

    def _owners(self) -> set[str]:
        """Whose objects were touched; what belongs to nobody does not change with its like."""
        found = (self._account.held(name) for name in self._account.touched)
        return {each.owner for each in found if each is not None and each.owner}

    def _save_object(self, name: Name) -> None:
        key, resource = self._account.key, self._account.held(name)
        if resource is None:
            self._file.execute(
                "delete from object where account = ? and kind = ? and id = ?", (key, *name)
            )
            return
        body = self._codec.written(resource)
        if self._written.get(name) == hash(body):
            return
        number = self._numbers.get(name, len(self._numbers) + 1)
        self._file.execute(
            "insert or replace into object values (?, ?, ?, ?, ?)", (key, *name, number, body)
        )
        self._note(name, number, body)

    def _save_lives(self) -> None:
        for owner in {*self._owners(), NOBODY}:
            life = self._account.timeline.known(owner)
            body = json.dumps(asdict(life)) if life else ""
            mark = f"life {owner}"
            if life and self._written.get(mark) != hash(body):
                self._file.execute(
                    "insert or replace into life values (?, ?, ?)",
                    (self._account.key, owner, body),
                )
                self._written[mark] = hash(body)

    def _save_rest(self) -> None:
        deliveries = self._deliveries
        rest = {
            "settings": asdict(self._account.settings),
            "search_lag": self._account.search_lag,
            "mode": deliveries.mode,
            "by_customer": deliveries.by_customer,
            "back_off": deliveries.back_off,
            "patience": deliveries.patience,
            "dropped": sorted(deliveries.dropped),
        }
        body = json.dumps(rest)
        if self._written.get("rest") != hash(body):
            self._file.execute(
                "insert or replace into account values (?, ?)", (self._account.key, body)
            )
            self._written["rest"] = hash(body)

    def _save_faults(self) -> None:
        for name, body in self._faults.changes().items():
            if body is None:
                self._file.execute(
                    "delete from fault where account = ? and id = ?", (self._account.key, name)
                )
            else:
                # Not `replace`: the row keeps its number, which is the fault's age.
                self._file.execute(
                    "insert into fault (account, id, body) values (?, ?, ?) "
                    "on conflict (account, id) do update set body = excluded.body",
                    (self._account.key, name, body),
                )

    def _save_past(self) -> None:
        """What is only ever added to: attempts, and answers under idempotency keys."""
        for attempt in self._deliveries.attempts[self._attempts :]:
            body = json.dumps(asdict(attempt))
            self._file.execute(
                "insert into attempt (account, body) values (?, ?)", (self._account.key, body)
            )
            self._account.touched[Event.kind, attempt.event] = None
        for name, answer in self._new_answers():
            self._file.execute(
                "insert or replace into answer values (?, ?, ?, ?, ?, ?)",
                (self._account.key, name, *asdict(answer).values()),
            )
        self._attempts, self._answers = len(self._deliveries.attempts), len(self._keys.answers)

    def _new_answers(self) -> Iterator[tuple[str, Remembered]]:
        return islice(self._keys.answers.items(), self._answers, None)
