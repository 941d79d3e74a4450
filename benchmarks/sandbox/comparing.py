"""All servers in turns, so that what else the machine does falls on each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.getting import CannotMeasure
from benchmarks.sandbox.figures import Measured, NotMeasured, middle
from benchmarks.sandbox.measuring import Plan, measure
from benchmarks.sandbox.peers.peer import Launch, Peer
from benchmarks.showing import Say


@dataclass
class Comparison:
    """What is known of the servers so far; one that fails once is not asked again."""

    scratch: Path
    plan: Plan
    say: Say
    missing: dict[str, str] = field(default_factory=dict)
    _launches: dict[str, Launch] = field(default_factory=dict)
    _rounds: dict[str, list[Measured]] = field(default_factory=dict)

    def provide(self, peer: Peer) -> None:
        """Get a server, or note why it cannot be had."""
        self.say(f"{peer.name} {peer.version}: getting it")
        folder = self.scratch / peer.name
        folder.mkdir(exist_ok=True)
        try:
            self._launches[peer.name] = peer.provide(folder)
        except CannotMeasure as error:
            self._leave_out(peer, error)

    def turn(self, peer: Peer, number: int) -> None:
        """Measure a server once more, unless it is left out."""
        if peer.name in self.missing:
            return
        launch, folder = self._launches[peer.name], self.scratch / peer.name
        try:
            found = measure(peer, launch, folder, self.plan)
        except CannotMeasure as error:
            self._leave_out(peer, error)
            return
        self._rounds.setdefault(peer.name, []).append(found)
        self.say(
            f"round {number} of {self.plan.rounds}, {peer.name}: "
            f"POST {found.create.per_second:,.0f}/s, list {found.look.per_second:,.0f}/s"
        )

    def measured(self) -> tuple[Measured, ...]:
        """The medians of those that answered in every round."""
        kept = (name for name in self._rounds if name not in self.missing)
        return tuple(middle(self._rounds[name]) for name in kept)

    def not_measured(self) -> tuple[NotMeasured, ...]:
        """The others, each with its reason."""
        return tuple(NotMeasured(name, why) for name, why in self.missing.items())

    def _leave_out(self, peer: Peer, error: CannotMeasure) -> None:
        self.missing[peer.name] = str(error)
        self.say(f"{peer.name}: not measured: {error}")


def compare(peers: tuple[Peer, ...], scratch: Path, plan: Plan, say: Say) -> Comparison:
    """Get all servers, then measure them in turns: A, B, C, A, B, C."""
    comparison = Comparison(scratch, plan, say)
    for peer in peers:
        comparison.provide(peer)
    for number in range(1, plan.rounds + 1):
        for peer in peers:
            comparison.turn(peer, number)
    return comparison
