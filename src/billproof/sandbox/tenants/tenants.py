"""All accounts of a server, each made at the first use of its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from billproof.sandbox.billing import clocks, configurations
from billproof.sandbox.billing.due import happen
from billproof.sandbox.objects import prices
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.catalogue import Plan
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.identifiers import endpoint_secret, long_id
from billproof.sandbox.objects.resource import Resource
from billproof.sandbox.objects.test_clock import TestClock
from billproof.sandbox.tenants.calls import Call
from billproof.sandbox.tenants.faults import Fault
from billproof.sandbox.tenants.idempotency import IdempotencyKeys
from billproof.sandbox.webhooks.attempts import Deliveries
from billproof.sandbox.webhooks.delivery import Courier
from billproof.sandbox.webhooks.endpoints import Endpoint


@dataclass(kw_only=True)
class Tenant:
    """An account, and what the sandbox keeps about it besides."""

    account: Account
    courier: Courier
    calls: list[Call] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    keys: IdempotencyKeys = field(default_factory=IdempotencyKeys)
    deliveries: Deliveries = field(default_factory=Deliveries)

    def catch_up(self) -> None:
        """Do what has fallen due by itself, except on test clocks that advance."""
        for identifier in self.account.timeline.fallen_due():
            resource = self.account.any(identifier)
            if resource is not None:
                happen(self.account, resource)

    def tick(self) -> None:
        """The same, and test clocks arrive where they advance to."""
        self.catch_up()
        for clock in self.account.all(TestClock):
            clocks.run(self.account, clock, happen)
            clocks.retire(self.account, clock)


@dataclass(kw_only=True)
class Tenants:
    """Every account by its key."""

    origin: str
    plans: tuple[Plan, ...]
    clock: Callable[[], float]
    courier: Courier
    webhook_url: str | None = None
    webhook_secret: str | None = None
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

    def _new(self, key: str) -> Tenant:
        account = Account(key, self.origin, self.clock, self._publish)
        tenant = Tenant(account=account, courier=self.courier)
        prices.seed(tenant.account, self.plans)
        configurations.default(tenant.account)
        if self.webhook_url:
            give_endpoint(tenant.account, self.webhook_url, self.webhook_secret)
        return tenant

    def _publish(self, account: Account, event: Event) -> None:
        self.courier.send(account, self._by_key[account.key].deliveries, event)


def give_endpoint(account: Account, url: str, secret: str | None) -> Endpoint:
    """Set the one endpoint that no call made; it replaces the one from before."""
    for each in account.all(Endpoint):
        if each.given:
            account.remove(each)
    endpoint = Endpoint(
        id=long_id("we_"),
        created=account.now(None),
        livemode=account.livemode,
        url=url,
        secret=secret or endpoint_secret(),
        given=True,
    )
    return account.add(endpoint)
