"""`billproof mutants`: the proof that each clause can fail."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.text import Text

from billproof.cli.app import app
from billproof.cli.commands.verify import split
from billproof.cli.screen import document, out
from billproof.errors import CannotTest
from billproof.mutants.catalogue import VOID, Mutant, chosen, load_mutants
from billproof.mutants.shares import WHOLE, share_of
from billproof.verdicts.summary import ExitCode
from billproof.verify.proof import Fate, Proof, prove

STYLES = {Fate.KILLED: "green", Fate.SURVIVED: "bold red", Fate.VOID: "bold magenta"}


@app.command()
def mutants(
    listing: bool = typer.Option(False, "--list", help="List them and run nothing."),
    only: list[str] = typer.Option([], help="Mutant id or glob; may be repeated."),
    share: str | None = typer.Option(None, help="Only this part of them, k/n."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON document."),
) -> int:
    """Run the reference with one defect after the other; each must be caught."""
    selected = share_of(chosen(split(only), load_mutants()), share or WHOLE)
    if listing:
        return _list(selected, as_json=as_json)
    if not selected:
        raise CannotTest(VOID, "There are no mutants, so nothing is proven.")
    proofs: list[Proof] = []
    for proof in prove(selected, Path.cwd()):
        proofs.append(proof)
        if not as_json:
            _say(proof)
    if as_json:
        document([proof.model_dump(mode="json") for proof in proofs])
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


def _say(proof: Proof) -> None:
    head = Text.assemble((f"{proof.fate:<9}", STYLES[proof.fate]), f"{proof.mutant}  ")
    verdicts = ", ".join(f"{clause} {verdict}" for clause, verdict in proof.verdicts.items())
    out.print(head + Text(proof.reason or verdicts), soft_wrap=True)


def _code(proofs: list[Proof]) -> ExitCode:
    """Survivors and void mutants are the suite's fault, and so is a proof of nothing."""
    sound = proofs and all(proof.fate is Fate.KILLED for proof in proofs)
    return ExitCode.CONFORMS if sound else ExitCode.SUITE
