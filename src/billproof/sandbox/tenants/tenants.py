"""All accounts of a server, each made at the first use of its key."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from billproof.sandbox.billing import clocks, configurations
from billproof.sandbox.billing.due import happen
from billproof.sandbox.objects import prices
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.catalogue import Plan
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.idempotency import IdempotencyKeys
from billproof.sandbox.objects.identifiers import endpoint_secret, long_id
from billproof.sandbox.objects.resource import Resource
from billproof.sandbox.objects.test_clock import TestClock
from billproof.sandbox.tenants.calls import Call
from billproof.sandbox.tenants.defects import tell
from billproof.sandbox.tenants.fault_list import Faults
from billproof.sandbox.webhooks.attempts import Deliveries
from billproof.sandbox.webhooks.delivery import Courier
from billproof.sandbox.webhooks.endpoints import Endpoint

if TYPE_CHECKING:
    from billproof.sandbox.state.keeper import Keeper
    from billproof.sandbox.state.ledger import Ledger

MOST_CALLS = 10_000
"""So many are logged under one key; then the oldest is forgotten."""


@dataclass(kw_only=True, slots=True)
class Tenant:
    """An account, and what the sandbox keeps about it besides."""

    account: Account
    courier: Courier
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=MOST_CALLS))
    """The log: the newest calls, oldest first."""
    faults: Faults = field(default_factory=Faults)
    keys: IdempotencyKeys = field(default_factory=IdempotencyKeys)
    deliveries: Deliveries = field(default_factory=Deliveries)
    ledger: Ledger | None = None
    """Where it is kept over restarts."""

    def save(self) -> None:
        """Keep what has changed; StripeError (500) when that cannot be done."""
        if self.ledger is not None:
            self.ledger.save()

    def catch_up(self) -> None:
        """Do what has fallen due by itself, except on test clocks that advance.

        What fails is told and left out: the call that comes next is not to blame.
        """
        for identifier in self.account.timeline.fallen_due():
            resource = self.account.any(identifier)
            if resource is None:
                continue
            try:
                happen(self.account, resource)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others are to go on
                tell(f"What fell due for {identifier}", error)

    def tick(self) -> None:
        """The same, and test clocks arrive where they advance to."""
        for _ in self.ticking():
            pass

    def ticking(self) -> Iterator[None]:
        """The same in steps: between two of them others may have their turn."""
        self.catch_up()
        for clock in self.account.all(TestClock):
            yield from clocks.run(self.account, clock, happen)
            clocks.retire(self.account, clock)


@dataclass(kw_only=True, slots=True)
class Tenants:
    """Every account by its key."""

    origin: str
    plans: tuple[Plan, ...]
    clock: Callable[[], float]
    courier: Courier
    webhook_url: str | None = None
    webhook_secret: str | None = None
    keeper: Keeper | None = None
    _by_key: dict[str, Tenant] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Tenant]:
        return iter(list(self._by_key.values()))

    def of(self, key: str) -> Tenant:
        """The tenant of a secret key, made when it is new."""
        if key not in self._by_key:
            self._by_key[key] = self._new(key)
        tenant = self._by_key[key]
        tenant.catch_up()
        return tenant

    def holding(self, kind: type[Resource], identifier: str) -> Tenant | None:
        """The tenant that has an object, for pages, which come without a key."""
        for tenant in self._by_key.values():
            if tenant.account.find(kind, identifier) is not None:
                tenant.catch_up()
                return tenant
        return None

    def restore(self) -> None:
        """Take up what the keeper has; UsageError when that cannot be read."""
        for key in self.keeper.keys() if self.keeper else []:
            tenant = self._by_key[key] = self._bare(key)
            if self.keeper is not None and tenant.ledger is not None:
                with self.keeper.reading():
                    tenant.ledger.load()
            self._point_webhooks(tenant)

    def resume(self) -> None:
        """Send what was still to be delivered when the sandbox ended."""
        for tenant in self:
            self.courier.resume(tenant.account, tenant.deliveries)

    def _new(self, key: str) -> Tenant:
        tenant = self._bare(key)
        prices.seed(tenant.account, self.plans)
        configurations.default(tenant.account)
        self._point_webhooks(tenant)
        return tenant

    def _bare(self, key: str) -> Tenant:
        account = Account(key, self.origin, self.clock, self._publish)
        tenant = Tenant(account=account, courier=self.courier)
        if self.keeper is not None:
            account.is_kept = tenant.faults.is_kept = True
            tenant.ledger = self.keeper.ledger(
                account, tenant.deliveries, tenant.keys, tenant.faults
            )
        return tenant

    def _point_webhooks(self, tenant: Tenant) -> None:
        if self.webhook_url:
            give_endpoint(tenant.account, self.webhook_url, self.webhook_secret)

    def _publish(self, account: Account, event: Event) -> None:
        self.courier.send(account, self._by_key[account.key].deliveries, event)


def give_endpoint(account: Account, url: str, secret: str | None) -> Endpoint:
    """Set the one endpoint that no call made; where there is one, it goes elsewhere now."""
    secret = secret or endpoint_secret()
    for each in account.all(Endpoint):
        if each.given:
            given = account.get(Endpoint, each.id)
            given.url, given.secret, given.previous = url, secret, None
            return given
    endpoint = Endpoint(
        id=long_id("we_"),
        created=account.now(None),
        livemode=account.livemode,
        url=url,
        secret=secret,
        given=True,
    )
    return account.add(endpoint)
