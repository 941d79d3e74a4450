"""`./nox -s contract`: the law is sound, and the wire breaks no version that is frozen.

`python -m tests.suite.law.contract FOLDER` installs oasdiff into that folder. It needs Go:
where there is none, and in CI never, it says that the wire was not compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from billproof.law.files import lint_suite
from billproof.law.freezing import wire_of
from billproof.law.loader import contracts
from billproof.law.versions import folder, load_versions
from billproof.suite import suite_root
from tests.suite.fidelity.stripe_mock.providing import succeeds

OASDIFF = "github.com/oasdiff/oasdiff@v1.37.0"
NOT_COMPARED = "the wire was NOT COMPARED with what is frozen: install Go 1.26 or newer."


def main(scratch: Path, root: Path | None = None) -> int:
    """0 when all promises are kept, else 1."""
    problems = lint_suite(root)
    for problem in problems:
        say(str(problem))
    return int(bool(problems) | breaks_the_wire(scratch, root))


def breaks_the_wire(scratch: Path, root: Path | None = None) -> bool:
    """Whether a client of a frozen version could not go on with today's openapi.yaml."""
    if not succeeds("go", "version"):
        say(NOT_COMPARED)
        return "CI" in os.environ
    oasdiff, today = install(scratch), (root or suite_root()) / "openapi.yaml"
    if differs(oasdiff, today, today) or not differs(oasdiff, today, _planted(today, scratch)):
        say("oasdiff does not see a break that was planted, or sees one where there is none")
        return True
    versions = load_versions(contracts(root))
    then = [wire_of(folder(contracts(root)), one.version) for one in versions]
    say(f"frozen versions that the wire was compared with: {len(then)}")
    return bool([before for before in then if differs(oasdiff, before, today, loud=True)])


def _planted(today: Path, scratch: Path) -> Path:
    """The wire with a break in it: a member that clients rely on has another name."""
    text = today.read_text(encoding="utf-8")
    assert "effective_plan" in text
    planted = scratch / "planted.yaml"
    planted.write_text(text.replace("effective_plan", "plan_in_effect"), encoding="utf-8")
    return planted


def install(scratch: Path) -> Path:
    """The pinned oasdiff."""
    environment = {**os.environ, "GOBIN": str(scratch)}
    subprocess.run(("go", "install", OASDIFF), env=environment, check=True)
    return scratch / "oasdiff"


def differs(oasdiff: Path, then: Path, today: Path, *, loud: bool = False) -> bool:
    """Whether it finds a change that breaks clients; `loud` shows which."""
    command = (str(oasdiff), "breaking", "--fail-on", "WARN", str(then), str(today))
    out = None if loud else subprocess.DEVNULL
    code = subprocess.run(command, stdout=out, check=False).returncode
    if code not in {0, 1}:
        raise RuntimeError(f"oasdiff ended with {code}")
    return code == 1


def say(sentence: str) -> None:
    """A line on standard error."""
    print(f"contract: {sentence}", file=sys.stderr)  # noqa: T201 - a program


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
