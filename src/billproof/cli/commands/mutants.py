"""`billproof mutants`: the proof that each clause can fail."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.names import only_of
from billproof.cli.screen import document, out
from billproof.errors import CannotTest, UsageError
from billproof.mutants.catalogue import VOID, Mutant, chosen, load_mutants
from billproof.mutants.fate import Fate, Proof
from billproof.mutants.ledger import Ledger
from billproof.mutants.shares import WHOLE, share_of
from billproof.verdicts.summary import ExitCode
from billproof.verify.campaign import Campaign
from billproof.verify.progress import watcher

STYLES = {Fate.KILLED: "green", Fate.SURVIVED: "bold red", Fate.VOID: "bold magenta"}
LEDGER = Path("billproof-mutants.jsonl")


@app.command()
def mutants(  # noqa: PLR0917 - typer passes options by name
    listing: bool = typer.Option(False, "--list", help="List them and run nothing."),
    only: list[str] = typer.Option([], help="Mutant id or glob; several by commas."),
    share: str | None = typer.Option(None, help="Only this part of them, k/n."),
    workers: int | None = typer.Option(None, "-n", help="Mutants at a time; one more than cores."),
    matrix: bool = typer.Option(False, "--matrix", help="Every clause looks at each of them."),
    results: Path = typer.Option(LEDGER, help="Keeps what is proven; goes on from there."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> int:
    """Run the reference with one defect after the other; each must be caught."""
    selected = share_of(chosen(only_of(only, "mutant"), load_mutants()), share or WHOLE)
    if listing:
        return _list(selected, as_json=as_json)
    if not selected:
        raise CannotTest(VOID, "There are no mutants, so nothing is proven.")
    if workers is not None and workers < 1:
        raise UsageError(f"-n {workers} runs nothing.", "It is how many mutants run at a time.")
    campaign = Campaign(Ledger(results), workers, matrix)
    proofs: list[Proof] = []
    for proof in campaign.proofs(selected, watcher(out, as_json=as_json)):
        proofs.append(proof)
        if not as_json:
            _say(proof, f"{len(proofs):>{len(str(len(selected)))}}/{len(selected)}")
    if as_json:
        document([proof.model_dump(mode="json") for proof in proofs])
    else:
        counts = Counter(proof.fate for proof in proofs)
        out.print(", ".join(f"{counts[fate]} {fate}" for fate in Fate) + f"; kept in {results}")
    return int(_code(proofs))


def _list(selected: list[Mutant], *, as_json: bool) -> int:
    if as_json:
        document([mutant.model_dump(mode="json") for mutant in selected])
        return 0
    for mutant in selected:
        line = Text.assemble(
            (mutant.id, "bold"), f"  {', '.join(mutant.breaks)}  {mutant.sentence}"
        )
        out.print(line, soft_wrap=True)
    return 0


def _say(proof: Proof, count: str) -> None:
    head = Text.assemble(f"{count} ", (f"{proof.fate:<9}", STYLES[proof.fate]), proof.mutant, "  ")
    verdicts = ", ".join(f"{clause} {verdict}" for clause, verdict in proof.verdicts.items())
    strays = f"; not declared: {', '.join(proof.strays)}" if proof.strays else ""
    out.print(head + Text((proof.reason or verdicts) + strays), soft_wrap=True)


def _code(proofs: list[Proof]) -> ExitCode:
    """Survivors and void mutants are the suite's fault, and so is a proof of nothing."""
    sound = proofs and all(proof.fate is Fate.KILLED and not proof.strays for proof in proofs)
    return ExitCode.CONFORMS if sound else ExitCode.SUITE
