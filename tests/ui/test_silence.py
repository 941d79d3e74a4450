"""Stripe that fails by never answering, which the backend is the first to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.trials import clause
from fixtures.pages import SOON_SECONDS, see_state, tap
from fixtures.words import BILLING, state

if TYPE_CHECKING:
    from fixtures.page_object import PageObject
    from fixtures.stripe import Stripe
    from fixtures.users import User
    from fixtures.visits import Visit

pytestmark = pytest.mark.usefixtures("whole_backend")

TOLD_SECONDS = 2 * SOON_SECONDS
"""The backend's answer takes as long as any may, and then the page shows it."""


@clause("APP-022")
def test_a_hanging_stripe_is_what_fails(
    visit: Visit, stripe: Stripe, user: User, pages: PageObject
) -> None:
    """Upgrade waits for what its backend says, and does not blame the user's connection.

    By tables/failures.yaml a Stripe that hangs is one that fails.
    """
    page = visit(user)
    with stripe.failing(user=user, effect="hang"):
        tap(page, pages.action(page, "upgrade"))
        see_state(page, state(BILLING, "Stripe failed after a tap"), TOLD_SECONDS)
