"""One account's faults: thousands of them, of which a call looks at those that may mean it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import count

from billproof.sandbox.tenants.calls import Call
from billproof.sandbox.tenants.faults import EVERYBODY, Aim, Effect, Fault, On


class Faults:
    """All faults, oldest first; the oldest that fits a call strikes."""

    def __init__(self) -> None:
        self._numbers = count()
        self._all: dict[str, Fault] = {}
        self._of_customer: dict[str, dict[str, Fault]] = {}
        self._loaded: dict[Aim, dict[int, Fault]] = {}
        """Those that can still strike, by age."""
        self.is_kept = False
        """Whether somebody saves them, so that what changes has to be noted."""
        self._changed: dict[str, None] = {}

    def __iter__(self) -> Iterator[Fault]:
        return iter(list(self._all.values()))

    def add(self, fault: Fault) -> None:
        """One more."""
        self._all[fault.id] = fault
        if fault.customer is not None:
            self._of_customer.setdefault(fault.customer, {})[fault.id] = fault
        if not fault.is_spent:
            self._loaded.setdefault(fault.aim, {})[next(self._numbers)] = fault
        self._note(fault)

    def find(self, identifier: str) -> Fault | None:
        """The fault of that id, if there is one."""
        return self._all.get(identifier)

    def of(self, customer: str) -> list[Fault]:
        """Those of one customer."""
        return list(self._of_customer.get(customer, {}).values())

    def remove(self, fault: Fault) -> None:
        """End one."""
        del self._all[fault.id]
        if fault.customer is not None:
            del self._of_customer[fault.customer][fault.id]
            if not self._of_customer[fault.customer]:
                del self._of_customer[fault.customer]
        self._unload(fault)
        self._note(fault)

    def may_hit(self, call: Call) -> list[Fault]:
        """Those that a call looks at: everybody's, and its customers' and users' own."""
        if not self._loaded:
            return []
        aims = [
            EVERYBODY,
            *(("customer", each) for each in call.customers),
            *(("user", each) for each in call.users),
        ]
        found: dict[int, Fault] = {}
        for aim in aims:
            found |= self._loaded.get(aim, {})
        return [found[number] for number in sorted(found)]

    def strike(self, call: Call, kind: str, *, creates: bool) -> Fault | None:
        """The fault that hits a call about a kind of object, which is then counted."""
        for fault in self.may_hit(call):
            left = fault.after
            strikes = fault.strikes(call, kind, creates=creates)
            if strikes or fault.after != left:
                self._note(fault)
            if fault.is_spent:
                self._unload(fault)
            if strikes:
                return fault
        return None

    # Over restarts

    def changes(self) -> dict[str, str | None]:
        """Those that are not safe yet, each as a text under its id; None for one that has ended."""
        return {name: _written(self._all.get(name)) for name in self._changed}

    def settled(self) -> None:
        """Take note that all of them are safe."""
        self._changed.clear()

    def restore(self, texts: Iterable[str]) -> None:
        """Take up what was safe, oldest first."""
        for text in texts:
            self.add(_read(text))
        self.settled()

    def _note(self, fault: Fault) -> None:
        if self.is_kept:
            self._changed[fault.id] = None

    def _unload(self, fault: Fault) -> None:
        loaded = self._loaded.get(fault.aim, {})
        rest = {number: each for number, each in loaded.items() if each is not fault}
        if rest:
            self._loaded[fault.aim] = rest
        else:
            self._loaded.pop(fault.aim, None)


def _written(fault: Fault | None) -> str | None:
    return None if fault is None else json.dumps(asdict(fault))


def _read(text: str) -> Fault:
    said = json.loads(text)
    return Fault(**{**said, "on": On(said["on"]), "effect": Effect(said["effect"])})
