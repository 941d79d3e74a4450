"""`junit.xml`: a suite for each capability, a case for each clause, and real failures."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from billproof.reports.characters import clean
from billproof.reports.outcome import OUTCOMES, Outcome, reason
from billproof.reports.transcript import answer_text, request_text, shown
from billproof.verdicts.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from billproof.reports.reading import Report
    from billproof.run.record import Record
    from billproof.verdicts.results import ClauseResult, Fault, Results

ELEMENTS = {Outcome.FAILED: "failure", Outcome.ERROR: "error", Outcome.SKIPPED: "skipped"}
RUN = "run"
"""The suite whose cases are the faults of the run as a whole."""


def junit(report: Report) -> str:
    """The document; `type` of a failure, error or skip is the verdict."""
    results = report.results
    root = ET.Element("testsuites", name="billproof", time=f"{results.seconds:.3f}")
    by_capability = sorted(results.clauses, key=lambda clause: clause.capability)
    for capability, clauses in groupby(by_capability, lambda clause: clause.capability):
        cases = [_case(clause, report.records.get(clause.id, [])) for clause in clauses]
        root.append(_suite(capability, cases, results))
    if results.summary.faults:
        root.append(_suite(RUN, [_fault(fault) for fault in results.summary.faults], results))
    _count(root, root)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(name: str, cases: Iterable[ET.Element], results: Results) -> ET.Element:
    suite = ET.Element("testsuite", name=f"billproof.{name}")
    suite.set("timestamp", results.started.strftime("%Y-%m-%dT%H:%M:%S"))
    properties = ET.SubElement(suite, "properties")
    for key, value in {
        "target": results.target.name,
        "contract": results.contract.version,
        "seed": str(results.seed),
        "command": results.command,
        "unclaimed": ", ".join(results.unclaimed),
    }.items():
        if value:
            ET.SubElement(properties, "property", name=key, value=clean(value))
    suite.extend(cases)
    seconds = sum(float(case.get("time", "0")) for case in suite.iter("testcase"))
    suite.set("time", f"{seconds:.3f}")
    _count(suite, suite)
    return suite


def _count(element: ET.Element, within: ET.Element) -> None:
    element.set("tests", str(len(list(within.iter("testcase")))))
    for tag, name in {"failure": "failures", "error": "errors", "skipped": "skipped"}.items():
        element.set(name, str(len(list(within.iter(tag)))))


def _case(clause: ClauseResult, records: Sequence[Record]) -> ET.Element:
    case = ET.Element("testcase", classname=f"billproof.{clause.capability}")
    case.set("name", clean(f"{clause.id} {clause.text}".strip()))
    case.set("time", f"{clause.seconds:.3f}")
    outcome = OUTCOMES[clause.verdict]
    if tag := ELEMENTS.get(outcome):
        why = ET.SubElement(case, tag, type=clause.verdict, message=clean(reason(clause)))
        why.text = clean(_details(clause, records)) if outcome is not Outcome.SKIPPED else None
    elif clause.verdict is Verdict.WARN:
        said = f"warning: {reason(clause)}\n\n{_details(clause, records)}"
        ET.SubElement(case, "system-out").text = clean(said)
    return case


def _details(clause: ClauseResult, records: Sequence[Record]) -> str:
    exchange = shown(records)
    parts = [request_text(exchange), answer_text(exchange), exchange.curl] if exchange else []
    parts += [record.finding.trace for record in records if record.finding]
    parts += [f"again: {clause.again}" if clause.again else ""]
    parts += [f"hint: {clause.hint}" if clause.hint else ""]
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _fault(fault: Fault) -> ET.Element:
    case = ET.Element("testcase", classname=f"billproof.{RUN}", time="0.000")
    head = clean(fault.reason.splitlines()[0])
    case.set("name", f"exit code {fault.code}")
    ET.SubElement(case, "error", type="fault", message=head).text = clean(fault.reason)
    return case
