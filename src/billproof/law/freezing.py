"""Freezing a version: from then on its clauses and its wire are promises."""

from __future__ import annotations

import shutil
from pathlib import Path

from billproof.errors import UsageError
from billproof.law import versions
from billproof.law.document import Document
from billproof.law.files import lint_suite
from billproof.law.loader import contracts, load_law
from billproof.suite import suite_root


def freeze(version: str, root: Path | None = None) -> list[Path]:
    """Write the version below contracts/frozen; the files written.

    UsageError when it cannot be one: frozen already, older than another, or not what the
    contract says of itself.
    """
    law, folder = load_law(root), versions.folder(contracts(root))
    wire = (root or suite_root()) / "openapi.yaml"
    _check_number(version, wire, [one.version for one in versions.load_versions(contracts(root))])
    later = [one.id for one in law.clauses if versions.order(one.since) > versions.order(version)]
    if later:
        raise UsageError(f"{later[0]} is of a version later than {version}.")
    if problems := lint_suite(root):
        raise UsageError(f"The contract is not sound: {problems[0]}.")
    folder.mkdir(exist_ok=True)
    files = [folder / f"{version}.json", wire_of(folder, version)]
    files[0].write_text(versions.freeze(law, version).file_text(), encoding="utf-8")
    shutil.copyfile(wire, files[1])
    return files


def wire_of(folder: Path, version: str) -> Path:
    """Where a version keeps its openapi.yaml."""
    return folder / f"{version}.openapi.yaml"


def _check_number(version: str, wire: Path, frozen: list[str]) -> None:
    if not versions.VERSION.fullmatch(version):
        raise UsageError(f"{version!r} is no version.", "A version is two numbers, as in 1.0.")
    if version in frozen:
        raise UsageError(
            f"Version {version} is frozen already.", "What it promises stays; freeze the next one."
        )
    if frozen and versions.order(version) < versions.order(frozen[-1]):
        raise UsageError(f"Version {version} is older than {frozen[-1]}, which is frozen.")
    told = Document.read(wire).members["info"]["version"]
    if told != version:
        raise UsageError(f"openapi.yaml says that it is version {told}, not {version}.")
