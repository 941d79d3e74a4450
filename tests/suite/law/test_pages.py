"""docs/contract/ says what the contract says, and its examples are the same for every run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from billproof.law import Law
from billproof.law.examples import EXAMPLES, examples_of
from billproof.run.record import Exchange, Outcome, Record
from tests.suite.law.pages import examples, render
from tests.suite.law.pages.normal import Normal

ANCHOR = re.compile(r"\]\((?P<file>[\w-]*\.md)?#(?P<anchor>[a-z]{3}-\d{3})\)")


def test_the_committed_pages_are_current(law: Law) -> None:
    """After a change of the contract: `python -m tests.suite.law.pages`."""
    committed = {path.name: path.read_text("utf-8") for path in render.FOLDER.glob("*.md")}

    made = render.pages(law)

    assert committed.keys() == made.keys()
    stale = [name for name, text in made.items() if committed[name] != text]
    assert stale == [], "run python -m tests.suite.law.pages"


def test_examples_are_of_clauses_that_there_are(law: Law) -> None:
    """Others go when examples are taken anew."""
    assert {path.stem for path in examples.FOLDER.glob("*.json")} <= {*law.by_id}


def test_every_link_has_its_anchor(law: Law) -> None:
    """Each clause is a heading of its capability's page."""
    pages = render.pages(law)
    links = [(name, link) for name, text in pages.items() for link in ANCHOR.finditer(text)]

    assert links
    for name, link in links:
        heading = f"\n## {link['anchor'].upper()}\n"
        assert heading in pages[link["file"] or name], f"{name}: {link[0]}"


def test_no_secret_and_no_host_of_a_machine_is_in_an_example() -> None:
    """They are public."""
    told = "".join(path.read_text("utf-8") for path in examples.FOLDER.glob("*.json"))

    assert re.findall(r"127\.0\.0\.1|localhost|whsec_\w+|sk_test_\w+|hash=[0-9a-f]{8}", told) == []


def exchange(run: int, status: int = 201, **members: Any) -> Exchange:
    """What a run says of one call; runs differ in all that may differ."""
    begun = f"2026-11-2{run}T08:0{run}"
    answer = {
        "session_id": f"cs_test_{run}Qx7fR2a1b2",
        "url": f"http://127.0.0.1:4670{run}/c/pay/cs_test_{run}Qx7fR2a1b2",
        "expires_at": f"{begun}:1{run}Z",
        "created": f"{begun}:0{run}Z",
        "user": 2096708892786690 + run,
    }
    honest: dict[str, Any] = {
        "method": "POST",
        "url": f"http://127.0.0.1:800{run}/api/v1/billing/checkout?cursor=abcdefgh1234567{run}",
        "request_headers": [("Host", "127.0.0.1"), ("Authorization", "tma <init data>")],
        "request_body": '{"plan": "pro"}',
        "status": status,
        "response_headers": [("date", "today"), ("content-type", "application/json")],
        "response_body": json.dumps(answer),
        "seconds": 0.1 * run,
        "curl": "curl",
    }
    return Exchange(**{**honest, **members})


def record(*exchanges: Exchange, outcome: Outcome = Outcome.PASSED) -> Record:
    """A trial with these exchanges."""
    return Record(
        test="tests/api/test_x.py::test_x",
        clauses=["CHK-001"],
        outcome=outcome,
        seconds=1,
        checks=[],
        exchanges=list(exchanges),
    )


def test_two_runs_give_the_same_example(law: Law) -> None:
    """Hosts, ports, ids, instants, users and cursors are made the same."""
    clause = law.clause("CHK-001")

    one, two = (examples.chosen(clause, law, [record(exchange(run))]) for run in (1, 2))

    assert one == two
    [example] = one
    assert example.request == "POST /api/v1/billing/checkout?cursor=opaque-cursor"
    assert example.request_headers == ["Authorization: tma <init data>"]
    assert example.answer_headers == ["Content-Type: application/json"]
    assert json.loads(example.answer_body) == {
        "session_id": "cs_test_0001",
        "url": "https://stripe.example/c/pay/cs_test_0001",
        "expires_at": "2026-01-02T00:00:00Z",
        "created": "2026-01-01T00:00:00Z",
        "user": 5000000001,
    }


def test_instants_keep_their_order() -> None:
    """As Unix seconds, too."""
    normal = Normal(['"2026-11-28T08:00:00Z" 1795852800 "2026-12-28T08:00:00Z"'])

    told = normal.text('"2026-12-28T08:00:00Z" "2026-11-28T08:00:01Z" 1795852800')

    assert told == '"2026-01-02T00:00:00Z" "2026-01-01T00:00:00Z" 1767225600'


def test_both_halves_are_shown(law: Law) -> None:
    """The last call that succeeded and the last one refused, in the order of the trial."""
    refused, first, last = exchange(1, 409), exchange(1, 200), exchange(1, 201)
    elsewhere = exchange(1, 200, url="http://127.0.0.1:8001/metrics")

    found = examples.chosen(law.clause("CHK-001"), law, [record(refused, first, last, elsewhere)])

    assert [example.status for example in found] == [409, 201]


def test_there_and_back_again_is_shown(law: Law) -> None:
    """Of what is read, the last answer and the one before it that was another."""
    url = "http://127.0.0.1:8001/api/v1/billing/subscription"
    told = [{"cancels": False}, {"cancels": True}, {"cancels": False}, {"cancels": False}]
    reads = [exchange(1, method="GET", url=url, response_body=json.dumps(one)) for one in told]

    found = examples.chosen(law.clause("SUB-009"), law, [record(*reads)])

    assert [json.loads(one.answer_body)["cancels"] for one in found] == [True, False]


def test_a_trial_that_failed_is_no_example(law: Law) -> None:
    """Nor is a call that nobody answered."""
    failed = record(exchange(1), outcome=Outcome.FAILED)
    silent = record(exchange(1, response_body="ReadTimeout()").model_copy(update={"status": None}))

    assert examples.chosen(law.clause("CHK-001"), law, [failed, silent]) == []


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"a":1}', '{"a": 1}'),
        ("no JSON", "no JSON"),
        ("", ""),
        (
            '{\n  "id": "evt_1",\n  "data": {\n    "object": {\n      "id": "in_1",\n      "obj',
            '{"id": "evt_1", "data": {"object": {"id": "in_1", "…": "…"}}}',
        ),
        (
            '{"id": "evt_1", "type": "x", "data": {"object": {"id": "in_1", "lines": []}}}',
            '{"id": "evt_1", "type": "x", "data": {"object": {"id": "in_1", "…": "…"}}}',
        ),
        ("# TYPE a\na 0.0\n# TYPE a_created\na_created 1.7e9\nb 2.0\n", "b 2.0\na 0.0\n…"),
        ("[" * 100_000, "[" * 900 + "\n…"),
        ("line\n" * 300, "line\n" * 179 + "line\n…"),
    ],
)
def test_bodies_are_shown_as_far_as_they_help(law: Law, body: str, shown: str) -> None:
    """Of an event its envelope, of what is long the beginning."""
    heard = record(exchange(1, request_body=body))

    [example] = examples.chosen(law.clause("CHK-001"), law, [heard])

    assert example.request_body == shown


def test_examples_are_stored_and_forgotten(
    law: Law, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of clauses that the run looked at; those of clauses that are gone go too."""
    monkeypatch.setattr(examples, "FOLDER", tmp_path / "kept")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "XXX-001.json").write_text("[]")
    (tmp_path / "exchanges").mkdir()
    told = json.dumps([record(exchange(1)).model_dump(mode="json")])
    (tmp_path / "exchanges" / "CHK-001.json").write_text(told)

    examples.refresh(tmp_path, law)

    [kept] = (tmp_path / "kept").iterdir()
    assert kept.name == "CHK-001.json"
    assert [example.status for example in EXAMPLES.validate_json(kept.read_bytes())] == [201]


def test_an_example_is_read_as_it_goes_over_the_wire() -> None:
    """Of a clause that has one; of a clause that has none there is none."""
    [refused, *_] = examples_of("WHK-040")

    assert refused.text.startswith("POST /api/v1/billing/webhooks/stripe HTTP/1.1\n")
    assert "\n\n[]\n\nHTTP/1.1 400 Bad Request\n" in refused.text
    assert examples_of("APP-001") == []
