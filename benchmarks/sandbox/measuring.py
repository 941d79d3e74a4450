"""One round of one server: it is started anew, filled, loaded, and ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.sandbox.figures import Measured, Speed
from benchmarks.sandbox.load.driving import Load
from benchmarks.sandbox.load.putting import put
from benchmarks.sandbox.peers.peer import Launch, Peer
from benchmarks.sandbox.running import Server, running

CONNECTIONS = 8
FILLED = 1000
FILL_SECONDS = 600


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int = 3
    seconds: float = 2.0
    full: int = 100_000
    subscribers: int = 10_000


QUICK = Plan(rounds=1, seconds=0.3, full=2_000, subscribers=200)


def fill(server: Server, script: str, times: int) -> None:
    """Run a script so many times in all, as a multiple of eight."""
    put(Load(server.port, script, times // CONNECTIONS, FILL_SECONDS, CONNECTIONS))


def speed(server: Server, script: str, seconds: float, most: int | None = None) -> Speed:
    """How fast a script is answered, for some seconds, or for `most` requests if that is less."""
    times = most // CONNECTIONS if most else None
    tally = put(Load(server.port, script, times, seconds, CONNECTIONS))
    per_second = tally.answers / tally.seconds
    return Speed(per_second, tally.p50_ms, tally.p99_ms, tally.busy)


def measure(peer: Peer, launch: Launch, folder: Path, plan: Plan) -> Measured:
    """One round; CannotMeasure when it does not start, refuses or hangs up."""
    # Half of what is left after filling, and some for those that asked whether it is ready.
    most = (peer.most_requests - FILLED) // 2 - 50 if peer.most_requests else None
    with running(launch, folder) as server:
        fill(server, "create", FILLED)
        return Measured(
            name=peer.name,
            version=peer.version,
            is_stateful=peer.is_stateful,
            ready_ms=server.ready_ms,
            resident_mb=server.resident_mb(),
            # First, while all servers hold as much: a fast one will soon hold more.
            look=speed(server, "look", plan.seconds, most),
            create=speed(server, "create", plan.seconds, most),
        )
