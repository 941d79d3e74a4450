"""The first plan of a run: what is to be judged, before anything is started."""

from __future__ import annotations

import os
from pathlib import Path

from billproof.mutants.application import apply
from billproof.mutants.catalogue import find_mutant, load_mutants
from billproof.run.plan import HISTORIES, RunPlan, TargetPlan
from billproof.suite import suite_root
from billproof.verify.environment import new_run_id
from billproof.verify.options import DEFAULT_OUT, Options

REFERENCE = "reference_impl:create_app"


def first_plan(options: Options, scratch: Path) -> RunPlan:
    """The plan without sandbox and environment: those are known once they run."""
    run_id = new_run_id()
    return RunPlan(
        run_id=run_id,
        seed=options.seed if options.seed is not None else run_id,
        target=_target(options, scratch),
        environ={},
        sandbox_url="",
        capabilities=options.capabilities,
        fail_fast=options.fail_fast,
        settle_seconds=options.settle,
        histories=options.histories or HISTORIES,
        out=(options.out or DEFAULT_OUT).absolute(),
        scratch=scratch,
        ambient=dict(os.environ),
        cwd=Path.cwd(),
        view=options.view,
        pages=options.pages,
    )


def _target(options: Options, scratch: Path) -> TargetPlan:
    if options.url is not None:
        return TargetPlan(kind="url", base_url=options.url)
    if options.cmd is not None:
        return TargetPlan(kind="command", command=options.cmd)
    if options.app is not None:
        return TargetPlan(kind="app", app=options.app, app_dir=Path.cwd())
    return TargetPlan(kind="app", app=REFERENCE, app_dir=_reference(options, scratch))


def _reference(options: Options, scratch: Path) -> Path:
    """The folder to import the reference from: the suite, or a copy with a defect in it."""
    if options.mutant is None:
        return suite_root()
    return apply(find_mutant(options.mutant, load_mutants()), scratch / "mutant")
