"""One account's faults: thousands of them, of which a call looks at those that may mean it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from billproof.sandbox.tenants.calls import Call
from billproof.sandbox.tenants.faults import EVERYBODY, Aim, Fault


class Faults:
    """All faults, oldest first; the oldest that fits a call strikes."""

    def __init__(self) -> None:
        self._numbers = count()
        self._all: dict[str, Fault] = {}
        self._of_customer: dict[str, dict[str, Fault]] = {}
        self._loaded: dict[Aim, dict[int, Fault]] = {}
        """Those that can still strike, by age."""

    def __iter__(self) -> Iterator[Fault]:
        return iter(list(self._all.values()))

    def add(self, fault: Fault) -> None:
        """One more."""
        self._all[fault.id] = fault
        if fault.customer is not None:
            self._of_customer.setdefault(fault.customer, {})[fault.id] = fault
        self._loaded.setdefault(fault.aim, {})[next(self._numbers)] = fault

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
            if fault.strikes(call, kind, creates=creates):
                if fault.is_spent:
                    self._unload(fault)
                return fault
        return None

    def _unload(self, fault: Fault) -> None:
        loaded = self._loaded.get(fault.aim, {})
        rest = {number: each for number, each in loaded.items() if each is not fault}
        if rest:
            self._loaded[fault.aim] = rest
        else:
            self._loaded.pop(fault.aim, None)
