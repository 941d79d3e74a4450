"""Buying a plan: one open Checkout Session and one customer per user, whatever happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete
from stripe.checkout import Session

from reference_impl.access import TERMINAL
from reference_impl.catalogue import Plan
from reference_impl.customers import Customer, customer_of
from reference_impl.idempotency import remember_key
from reference_impl.leases import lease
from reference_impl.problems import Problem, no_such_plan
from reference_impl.provider import AnswerLostError, GoneError, ProviderError
from reference_impl.service import Service, answering_in_time
from reference_impl.store import CheckoutRow, UserRow
from reference_impl.wire.models import Checkout


@dataclass(frozen=True)
class Last:
    """The user's last session: how it was made, and what Stripe says of it now."""

    row: CheckoutRow
    session: Session

    @property
    def is_open(self) -> bool:
        """Whether it can still be paid."""
        return self.session.status == "open"

    def serves(self, plan: Plan, customer: Customer) -> bool:
        """Whether it can be handed out again."""
        if self.row.trial_days and customer.had_trial:
            return False  # one was given by hand since, and nobody has trial days twice
        return self.is_open and (self.row.plan, self.row.customer_id) == (plan.key, customer.id)

    def is_pending(self, customer: Customer) -> bool:
        """Whether it was paid, and its subscription neither ended nor became another product's."""
        over = {one.id for one in customer.subscriptions if one.status in TERMINAL or not one.plan}
        his = self.row.customer_id == customer.id
        return his and self.session.status == "complete" and self.session.subscription not in over


async def create_checkout(
    service: Service, user_id: int, plan_key: str, idempotency_key: str | None
) -> Checkout:
    """The user's open session for the plan; made when there is none."""
    plan = service.settings.catalogue.plan(plan_key)
    if plan is None or plan.price is None:
        raise no_such_plan()
    async with answering_in_time():
        # Before it is this call's turn: a key is bound also by a call that waits in vain.
        await remember_key(service.store, user_id, idempotency_key, plan.key)
        async with lease(service.store, f"user-{user_id}"):
            session = await _session_for(service, user_id, plan)
    expires = datetime.fromtimestamp(session.expires_at, UTC)
    return Checkout(session_id=session.id, url=session.url or "", expires_at=expires)


async def _session_for(service: Service, user_id: int, plan: Plan) -> Session:
    last = await _last(service, user_id)
    customer = await customer_of(service, user_id)
    living = [one for one in customer.subscriptions if one.plan and one.status not in TERMINAL]
    subscribed = any(one.status != "incomplete" for one in living)
    if last and last.is_open and (subscribed or not last.serves(plan, customer)):
        await service.provider.expire_session(last.session.id)
    if subscribed:
        raise Problem(409, "already-subscribed")
    if last and last.serves(plan, customer):
        return last.session
    if living or (last and last.is_pending(customer)):
        raise Problem(409, "payment-pending")
    return await _create(service, user_id, plan, customer)


async def _last(service: Service, user_id: int) -> Last | None:
    """The last session; one whose answer was lost is asked for again, under the same key."""
    async with service.store.read() as reading:
        row = await reading.get(CheckoutRow, user_id)
    if row is None:
        return None
    if row.session_id is not None:
        try:
            return Last(row, await service.provider.session(row.session_id))
        except GoneError:  # another account's, or test data that were deleted
            return None
    try:
        return Last(row, await _ask(service, row))
    except AnswerLostError:
        raise
    except ProviderError:
        return None


async def _create(service: Service, user_id: int, plan: Plan, customer: Customer) -> Session:
    """Book the attempt, then make it: a lost answer can be asked for again."""
    async with service.store.write() as session:
        user = await session.get_one(UserRow, user_id)
        row = await session.merge(
            CheckoutRow(
                user_id=user_id,
                attempt=user.checkout_attempt,
                plan=plan.key,
                customer_id=customer.id,
                trial_days=0 if customer.had_trial else plan.trial_days,
                session_id=None,
            )
        )
    return await _ask(service, row)


async def _ask(service: Service, row: CheckoutRow) -> Session:
    """Ask Stripe for the session of `row`; every definite answer settles the attempt."""
    plan = service.settings.catalogue.plan(row.plan)
    if plan is None:  # it was taken out of the catalogue since
        await _settle(service, row, None)
        raise ProviderError
    try:
        session = await service.provider.create_session(
            row.user_id, row.customer_id, plan, row.trial_days, row.attempt
        )
    except AnswerLostError:
        raise
    except ProviderError:
        await _settle(service, row, None)
        raise
    await _settle(service, row, session.id)
    await service.metrics.checkout_started(row.plan)
    return session


async def _settle(service: Service, row: CheckoutRow, session_id: str | None) -> None:
    """A definite answer: Stripe would repeat it under its key, so the next key is another."""
    async with service.store.write() as session:
        user = await session.get_one(UserRow, row.user_id)
        user.checkout_attempt = row.attempt + 1
        if session_id is None:
            await session.execute(delete(CheckoutRow).where(CheckoutRow.user_id == row.user_id))
        else:
            kept = await session.get_one(CheckoutRow, row.user_id)
            kept.session_id = session_id
