"""The first plan of a run: what is to be judged, before anything is started."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from billproof.mutants.application import apply
from billproof.mutants.catalogue import Patch, find_mutant, load_mutants
from billproof.mutants.variants import load_variants
from billproof.run.plan import HISTORIES, RunPlan, TargetPlan
from billproof.suite import suite_root
from billproof.targets.import_path import import_path
from billproof.verify.environment import new_run_id
from billproof.verify.options import DEFAULT_OUT, Options

REFERENCE = "reference_impl:create_app"


def first_plan(options: Options, scratch: Path) -> RunPlan:
    """The plan without sandbox and environment: those are known once they run."""
    run_id = new_run_id()
    patch = _patch(options)
    return RunPlan(
        run_id=run_id,
        seed=options.seed if options.seed is not None else run_id,
        target=_target(options, patch, scratch),
        environ={},
        sandbox_url="",
        capabilities=options.capabilities,
        fail_fast=options.fail_fast,
        first=options.first,
        database_url=options.database_url,
        settle_seconds=_settle(options, patch),
        shuffle=options.shuffle,
        histories=options.histories or HISTORIES,
        out=(options.out or DEFAULT_OUT).absolute(),
        scratch=scratch,
        fork=options.fork,
        ambient=dict(os.environ),
        cwd=Path.cwd(),
        view=options.view,
        pages=options.pages,
    )


def _patch(options: Options) -> Patch | None:
    """The change of the reference that is to be judged, a defect or not."""
    if options.mutant is None:
        return None
    return find_mutant(options.mutant, [*load_mutants(), *load_variants()])


def _settle(options: Options, patch: Patch | None) -> float:
    if patch is None or options.settle_seconds is not None:
        return options.settle
    return patch.settle_seconds


def _target(options: Options, patch: Patch | None, scratch: Path) -> TargetPlan:
    if options.url is not None:
        return TargetPlan(kind="url", base_url=options.url)
    if options.cmd is not None:
        return TargetPlan(kind="command", command=options.cmd)
    if options.app is not None:
        return TargetPlan(kind="app", app=options.app, app_dir=Path.cwd())
    if patch is not None:
        return _changed(patch, scratch / "mutant")
    return TargetPlan(kind="app", app=REFERENCE, app_dir=suite_root())


def _changed(patch: Patch, folder: Path) -> TargetPlan:
    """A copy of the reference with a change in it, hosted by us or by its own program."""
    apply(patch, folder)
    if patch.command is None:
        return TargetPlan(kind="app", app=REFERENCE, app_dir=folder)
    return TargetPlan(kind="command", command=reference_command(patch.command, folder))


def reference_command(words: str, folder: Path | None = None) -> str:
    """A shell's line that serves the reference of `folder` by `python WORDS`; ours by default."""
    path = shlex.quote(import_path(folder or suite_root(), os.environ))
    return f"PYTHONPATH={path} exec {shlex.quote(sys.executable)} -P {words}"
