"""The benchmark counts what was answered, and its report says what was found and what was not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from benchmarks.getting import CannotMeasure
from benchmarks.sandbox.benchmark import write
from benchmarks.sandbox.figures import Growth, Measured, NotMeasured, Results, Speed, middle_speed
from benchmarks.sandbox.load.answers import Answer, read
from benchmarks.sandbox.load.driving import Load, Tally, drive
from benchmarks.sandbox.load.putting import put
from benchmarks.sandbox.load.scripts import new_customer
from tests.suite.house.tree import ROOT

SIZED = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst"
CHUNKED = (
    b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nsec\r\n3\r\nond\r\n0\r\n\r\n"
)
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"


@dataclass
class Counted:
    """A server that gives its answers in turn, each in two pieces, and counts the requests."""

    answers: tuple[bytes, ...]
    most: int = sys.maxsize
    port: int = 0
    requests: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer until the other side leaves, or until there were enough."""
        with contextlib.suppress(asyncio.IncompleteReadError):
            while self.requests < self.most:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                answer = self.answers[self.requests % len(self.answers)]
                self.requests += 1
                writer.write(answer[:30])
                await writer.drain()
                await asyncio.sleep(0)
                writer.write(answer[30:])
        writer.close()


@contextlib.asynccontextmanager
async def listening(server: Counted) -> AsyncIterator[Counted]:
    """The server on a port of loopback."""
    made = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = made.sockets[0].getsockname()[1]
    async with made:
        yield server


async def driven(server: Counted, times: int | None, seconds: float) -> Tally:
    """What the load says of the server."""
    async with listening(server):
        return await drive(Load(server.port, "create", times, seconds, connections=4))


@pytest.mark.parametrize(
    ("wire", "status", "body"), [(SIZED, 200, b"first"), (CHUNKED, 201, b"second")]
)
def test_an_answer_is_read_at_its_last_byte_and_not_before(
    wire: bytes, status: int, body: bytes
) -> None:
    """With a length as with chunks."""
    assert [read(wire[:size]) for size in range(len(wire))] == [None] * len(wire)
    assert read(wire) == Answer(status, body)


def test_each_answer_is_counted_once() -> None:
    """The load and the server agree, whatever the form and the pieces of the answers."""
    server = Counted((SIZED, CHUNKED))

    tally = asyncio.run(driven(server, times=25, seconds=60))

    assert (tally.answers, tally.refused, server.requests) == (100, 0, 100)
    assert 0 < tally.p50_ms <= tally.p99_ms <= tally.seconds * 1000


def test_an_endless_load_ends_with_its_time() -> None:
    """And nothing that was asked goes uncounted."""
    server = Counted((SIZED,))

    tally = asyncio.run(driven(server, times=None, seconds=0.1))

    assert tally.answers == server.requests > 4
    assert tally.seconds < 5


def test_a_server_that_hangs_up_is_no_figure() -> None:
    """What it answered before does not count."""
    with pytest.raises(ConnectionError, match="lost"):
        asyncio.run(driven(Counted((SIZED,), most=10), times=25, seconds=60))


def test_a_server_that_refuses_is_no_figure() -> None:
    """Neither is it in the process of its own; one that does not refuse is."""

    async def tried(*answers: bytes) -> Tally:
        async with listening(Counted(answers)) as server:
            return await asyncio.to_thread(put, Load(server.port, "look", 3, 60, connections=2))

    assert asyncio.run(tried(SIZED)).answers == 6
    with pytest.raises(CannotMeasure, match=r"refused: .*3 times 403"):
        asyncio.run(tried(SIZED, REFUSED))


def test_a_customer_is_a_form() -> None:
    """Name, e-mail and one key of metadata; its length is told."""
    head, _, body = new_customer(41).partition(b"\r\n\r\n")

    assert body == b"name=Customer+41&email=customer-41%40example.com&metadata%5Bnumber%5D=41"
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")


def speed(per_second: float, p99_ms: float = 9) -> Speed:
    """A speed."""
    return Speed(per_second=per_second, p50_ms=2, p99_ms=p99_ms, busy=0.25)


def server(name: str, create: Speed, look: Speed, *, is_stateful: bool = True) -> Measured:
    """A server that was measured."""
    return Measured(name, "1.2.3", is_stateful, 321, 45, create, look)


RESULTS = Results(
    date="2027-03-04",
    machine="2 cores, Python 3.11",
    rounds=3,
    seconds=2,
    measured=(
        server("ours", speed(4000, p99_ms=7), speed(1500, p99_ms=30)),
        server("slow peer", speed(20), speed(300, p99_ms=80)),
        server("fast peer", speed(1600), speed(1000, p99_ms=11)),
        server("stripe-mock", speed(10000), speed(6000), is_stateful=False),
    ),
    missing=(NotMeasured("lost peer", "npm is not installed here"),),
    growth=Growth(100_000, speed(3000), speed(2500), speed(1500), speed(100), 10_000, 149.2),
)


def verdicts(results: Results, folder: Path) -> dict[str, str]:
    """Each aim's verdict in the report's file for programs."""
    write(results, folder)
    told = json.loads((folder / "sandbox.json").read_text(encoding="utf-8"))
    return {each["aim"]: each["verdict"] for each in told["targets"]}


def test_each_aim_has_its_verdict(tmp_path: Path) -> None:
    """Against the fastest stateful peer, and without favour."""
    assert verdicts(RESULTS, tmp_path) == {
        "POST customer: at least 2 times the fastest stateful peer": "met",
        "GET list: at least 2 times the fastest stateful peer": "NOT met",
        "POST customer: p99 no worse than that of any stateful peer": "met",
        "GET list: p99 no worse than that of any stateful peer": "NOT met",
        "POST customer: as near to stripe-mock (stateless, Go) as can be": "",
        "GET list: as near to stripe-mock (stateless, Go) as can be": "",
        "first good answer within 500 ms": "met",
        "POST customer: at 100,000 customers at most 20% slower than a new one": "met",
        "GET list: at 100,000 customers at most 20% slower than a new one": "NOT met",
        "under 150 MB after 10,000 customers with subscriptions": "met",
    }


def test_the_report_says_what_was_found(tmp_path: Path) -> None:
    """Figures, ratios, and the reason for those that are missing."""
    write(RESULTS, tmp_path)

    told = (tmp_path / "sandbox.md").read_text(encoding="utf-8")
    assert "2027-03-04; 2 cores, Python 3.11; 3 rounds of 2 s." in told
    assert "| ours 1.2.3 | yes | 321 | 45 | 4,000 | 2.0 / 7.0 | 1,500 | 2.0 / 30.0 | 25% |" in told
    assert "| lost peer | not measured: npm is not installed here |" in told
    assert "fastest stateful peer | 1.50 times fast peer | NOT met |" in told
    assert "0.40 times; p99 7.0 to 9.0 ms" in told


def test_without_peers_nothing_is_claimed(tmp_path: Path) -> None:
    """No aim that compares is met by being alone."""
    alone = replace(RESULTS, measured=RESULTS.measured[:1], growth=None)

    held = verdicts(alone, tmp_path)
    assert {aim: verdict for aim, verdict in held.items() if verdict} == {
        "first good answer within 500 ms": "met"
    }


def test_a_median_is_no_mean() -> None:
    """One round beside a busy neighbour moves it little."""
    assert middle_speed([speed(100), speed(1), speed(110)]).per_second == 100


@pytest.mark.parametrize("words", [(), ("nonsense",), ("sandbox", "more")])
def test_an_unknown_name_gets_the_list(tmp_path: Path, words: tuple[str, ...]) -> None:
    """In one line."""
    command = (sys.executable, "-m", "benchmarks", str(tmp_path), *words)

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    said = " ".join(words) or "nothing"
    assert (done.returncode, done.stdout) == (2, "")
    names = "databases, reference, sandbox, verify"
    assert done.stderr == f"bench: name one benchmark of: {names}; got {said}.\n"
