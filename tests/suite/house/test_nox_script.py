"""`./nox` makes its environment with what it finds, or says in one sentence what is missing."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.suite.house.tree import ROOT

TOOLS = ("sh", "dirname", "cmp", "rm", "cp", "mkdir", "cat", "chmod")

OLD = "#!/bin/sh\nexit 1\n"
WITHOUT_VENV = "#!/bin/sh\ncase $2 in *ensurepip*) exit 1 ;; esac\n"
WHOLE = """#!/bin/sh
# Makes the environment it is asked for; the Python in there tells what it was asked.
case "$1 $2" in
"--version "*) echo "Python 3.12.0" ;;
"-m venv")
    echo "made" >>"$MADE"
    mkdir -p "$3/bin"
    cat >"$3/bin/python" <<'END'
#!/bin/sh
[ "$2" = pip ] && exit 0
for argument; do echo "[$argument]"; done
END
    chmod +x "$3/bin/python" ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """A machine with a checkout on it and nothing on its PATH but what a test puts there."""

    checkout: Path
    programs: Path
    made: Path

    def install(self, name: str, script: str) -> None:
        """Put a program on PATH."""
        path = self.programs / name
        path.write_text(script)
        path.chmod(0o755)

    def nox(self, *arguments: str, python: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run `./nox` from another folder."""
        named = {} if python is None else {"PYTHON": python}
        return subprocess.run(
            (str(self.checkout / "nox"), *arguments),
            cwd=self.programs,
            env={"PATH": str(self.programs), "MADE": str(self.made), **named},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine without Python, its checkout in a folder with a space in its name."""
    checkout, programs = tmp_path / "my checkout", tmp_path / "bin"
    checkout.mkdir()
    programs.mkdir()
    shutil.copy2(ROOT / "nox", checkout)
    shutil.copytree(ROOT / "locks", checkout / "locks")
    for tool in TOOLS:
        (programs / tool).symlink_to(str(shutil.which(tool)))
    return Machine(checkout, programs, tmp_path / "made")


def test_arguments_are_handed_on_as_they_are(machine: Machine) -> None:
    """Spaces stay inside an argument, and the noxfile is the checkout's."""
    machine.install("python3", WHOLE)

    done = machine.nox("-s", "verify", "--", "--only", "A B")

    noxfile = machine.checkout / "noxfile.py"
    said = ["-m", "nox", "--noxfile", str(noxfile), "-s", "verify", "--", "--only", "A B"]
    assert (done.returncode, done.stdout.splitlines()) == (0, [f"[{word}]" for word in said])


def test_the_second_run_makes_nothing(machine: Machine) -> None:
    """The environment is made once, and once more when what it is made from has changed."""
    machine.install("python3", WHOLE)
    machine.nox()
    machine.nox()
    assert machine.made.read_text().split() == ["made"]

    (machine.checkout / "locks" / "nox.txt").write_text("nox==1\n")
    machine.nox()

    assert machine.made.read_text().split() == ["made", "made"]


def test_a_shim_without_its_python_is_passed_over(machine: Machine) -> None:
    """A name on PATH that does not run, or is too old, is not chosen."""
    machine.install("python3.13", "#!/bin/sh\nexit 127\n")
    machine.install("python3.12", WITHOUT_VENV)
    machine.install("python3", WHOLE)

    assert machine.nox().returncode == 0


@pytest.mark.parametrize("present", ["nothing", "an old one"])
def test_without_a_python_it_says_which_it_needs(machine: Machine, present: str) -> None:
    """One line, exit code 3, and nothing left behind."""
    if present == "an old one":
        machine.install("python3", OLD)

    done = machine.nox("-s", "verify")

    assert done.returncode == 3
    assert done.stderr == (
        "nox: no Python 3.11 or newer found on PATH; "
        "install one, or name it: PYTHON=/path/to/python3 ./nox\n"
    )
    assert not (machine.checkout / ".nox-env").exists()


def test_without_venv_it_names_the_package(machine: Machine) -> None:
    """Debian's python3 comes without it."""
    machine.install("python3", WITHOUT_VENV)

    done = machine.nox("-s", "verify")

    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        "nox: python3 lacks the venv module; on Debian and Ubuntu: apt-get install python3-venv"
    ]


def test_a_named_python_comes_first(machine: Machine) -> None:
    """PYTHON is asked before PATH is."""
    machine.install("python3", WITHOUT_VENV)
    machine.install("my-python", WHOLE)

    assert machine.nox(python=str(machine.programs / "my-python")).returncode == 0
