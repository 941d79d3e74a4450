"""At which address it listens."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import httpx
import pytest

from billproof.errors import CannotTest
from billproof.targets.process import no_certificates
from billproof.trials import becomes, check, clause
from fixtures.launching import READY_SECONDS

if TYPE_CHECKING:
    from billproof.targets.protocol import Launched, Target

FIRST, SECOND = "127.0.0.1", "127.0.0.2"
OTHER_FAMILY = "::1"
"""The loopback's only one."""


def listens(process: Launched, host: str, within: float = 0) -> bool:
    """Whether the process answers at this address, on the port that it was given."""

    def answers() -> bool:
        try:
            return client.get("/livez").is_success
        except httpx.HTTPError:
            return False

    def decided(answered: bool) -> bool:  # noqa: FBT001 - what was seen
        return answered or process.wait_exit(0) is not None

    origin = f"http://{host}:{process.environ['PORT']}"
    with httpx.Client(base_url=origin, trust_env=False, verify=no_certificates()) as client:
        return becomes(answers, decided, within=within)


def has_the_other_family() -> bool:
    """Whether there is an address of IPv6: many containers have none."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind((OTHER_FAMILY, 0))
    except OSError:
        return False
    return True


def needs_second_address() -> None:
    """Linux has all of 127.0.0.0/8; elsewhere it may have to be added."""
    try:
        with socket.socket() as probe:
            probe.bind((SECOND, 0))
    except OSError:
        reason = f"This machine has no address {SECOND}."
        raise CannotTest("no-second-address", reason, "Add it to the loopback.") from None


@clause("ENV-004")
@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize(
    ("host", "here", "not_here"),
    [
        (SECOND, SECOND, FIRST),
        ("", FIRST, SECOND),
        (" ", FIRST, SECOND),
        ("localhost", "localhost", SECOND),
    ],
)
def test_it_listens_where_host_says(target: Target, host: str, here: str, not_here: str) -> None:
    """At that address or name, on that port, and at no other; blank is the loopback's first."""
    needs_second_address()
    with target.launch(HOST=host) as process:
        check(f"it answers at {here}", listens(process, here, READY_SECONDS), True)
        check(f"it answers at {not_here}, too", listens(process, not_here), False)


@clause("ENV-004")
@pytest.mark.usefixtures("backend")
def test_it_listens_everywhere_where_host_says_so(target: Target) -> None:
    """0.0.0.0, as in containers: at each address of the machine."""
    needs_second_address()
    with target.launch(HOST="0.0.0.0") as process:  # noqa: S104 - what containers are given
        check(f"it answers at {FIRST}", listens(process, FIRST, READY_SECONDS), True)
        check(f"it answers at {SECOND}", listens(process, SECOND), True)


@clause("ENV-004")
@pytest.mark.usefixtures("backend")
def test_it_listens_at_an_address_of_the_other_family(target: Target) -> None:
    """One of IPv6, in which there are colons; where there is none, the other trials say as much.

    The names of its checks are theirs, so that a report lists the same ones on every machine.
    """
    if has_the_other_family():
        with target.launch(HOST=OTHER_FAMILY) as process:
            seen = becomes(
                lambda: [listens(process, one) for one in (f"[{OTHER_FAMILY}]", FIRST)],
                lambda now: any(now) or process.wait_exit(0) is not None,
                within=READY_SECONDS,
            )
            check("it answers at localhost", seen[0], True)
            check(f"it answers at {FIRST}, too", seen[1], False)
