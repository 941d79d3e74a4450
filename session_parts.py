"""What the sessions of noxfile.py are made of: their environments, and what several of them do.

Each is installed from `locks/`, with hashes, and again only when what it was made from has
changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path

import nox
from nox.command import CommandFailed

ROOT = Path(__file__).parent
EVERYTHING, RUNTIME = ROOT / "locks" / "dev.txt", ROOT / "locks" / "run.txt"
LOCKS = {
    "dev": ("pyproject.toml", "--group", "dev"),
    "run": ("pyproject.toml", "--group", "build"),
    "nox": ("--group", "nox"),
    "uv": ("--group", "uv"),
    "sqlalchemy20": ("--group", "sqlalchemy20"),
    "shop": ("pyproject.toml", "--group", "shop"),
}
"""What each file of `locks/` is made from."""
SHARE_VARIABLE = "BILLPROOF_MUTANTS"
"""In which `tests` tells its parts the share for which there is time."""
TURNS = 288
"""Commits until each has been whole: its tests part what takes long into as many, or fewer."""
ON_NODE = "AUT-00*,SUB-00*,CHK-00*,WHK-00*,APP-009"
"""What the backend in Node is always judged by; the rest takes turns."""
PARTS_ON_NODE = 24
"""Commits until it has been judged by every clause."""
ON_A_SERVER = "CHK-01*,DEV-00*,WHK-01*,ENV-010,ENV-014,ENV-015,MET-009,MET-013,MET-017"
"""What a database and several workers have a say in."""
PARTS_ON_A_SERVER = 3
"""Commits until it has been judged by all of that."""
CLAUSE = re.compile(r"^  - id: ([A-Z]+-\d+)$", re.MULTILINE)
RECORDED, UNRECORDED = {"sandbox", "fidelity"}, "tests/suite/sandbox/test_fuzz.py"
"""Folders of tests/suite that `stripe_mock` runs, and what it leaves out of them."""
ELSEWHERE = {
    "stripe_mock": "tests.suite.fidelity.stripe_mock",
    "node_sdk": "tests.suite.fidelity.node",
    "telegram_sdks": "tests.suite.telegram",
}
"""Programs that need more than Python, and say on standard error what they miss."""

SERVED_BY_TWO = """
cmd = "exec python -m reference_impl --workers 2"
database_url = "postgresql://"
settle_seconds = 0
"""
"""A billproof.toml: what only several workers on a server can do wrong."""


def is_possible(session: nox.Session, name: str) -> bool:
    """Whether a part of `tests` has what it needs here; a warning says that it was not run."""
    prepare(session)
    command = ("python", "-m", ELSEWHERE[name])
    told = session.run(*command, silent=True, stderr=sys.stderr, success_codes=(0, 3))
    if not str(told).strip():
        session.warn(f"{name}: NOT RUN; the line above says what it needs")
    return bool(str(told).strip())


def run_elsewhere(session: nox.Session, name: str, *how: str) -> None:
    """Run such a program in a folder of its own; without what it needs it fails."""
    prepare(session)
    scratch = Path(session.create_tmp()).resolve() / name
    scratch.mkdir(parents=True, exist_ok=True)
    session.run("python", "-m", ELSEWHERE[name], str(scratch), *how)


def served_by_two(session: nox.Session) -> Path:
    """A folder in which `billproof verify` judges two workers of the reference on PostgreSQL."""
    folder = Path(session.create_tmp()).resolve() / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "billproof.toml").write_text(SERVED_BY_TWO)
    return folder


def provide_browser(session: nox.Session) -> bool:
    """Find or install a browser; without one its trials say that they could not be made."""
    told = session.run(
        "python", "provide_browser.py", silent=True, stderr=sys.stderr, success_codes=(0, 3)
    )
    if executable := str(told).strip():
        session.env["BILLPROOF_BROWSER"] = executable
    return bool(told)


def provide_postgres(session: nox.Session) -> None:
    """Find or install PostgreSQL; without it the tests that need it say so and fail."""
    session.run(
        "python", "provide_postgres.py", silent=True, stderr=sys.stderr, success_codes=(0, 3)
    )


def prepare(session: nox.Session, lock: Path = EVERYTHING) -> None:
    """Install `lock` and this checkout, unless that is what the environment holds."""
    refuse_half_an_environment(session)
    session.env["PYTHONDONTWRITEBYTECODE"] = None
    inputs = (lock, ROOT / "pyproject.toml", ROOT / "hatch_build.py")
    made_from = hashlib.sha256(str(ROOT).encode() + b"".join(map(Path.read_bytes, inputs)))
    mark = Path(session.virtualenv.location) / "made-from"
    if mark.exists() and mark.read_text() == made_from.hexdigest():
        return
    install(session, "--require-hashes", "-r", str(lock))
    install(session, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    mark.write_text(made_from.hexdigest())


def install(session: nox.Session, *arguments: str, python: str = "python") -> None:
    """Install with uv, or with pip where uv is missing or cannot reach its index.

    pip may know a proxy, a mirror or a certificate that uv was not told of.
    """
    if uv := find_uv():
        target = shutil.which(python, path=session.bin) or python
        try:
            # Dozens of processes import it all; each would compile it anew.
            how = ("--quiet", "--compile-bytecode", "--python", target)
            session.run(uv, "pip", "install", *how, *arguments, external=True)
        except CommandFailed:
            session.log("uv could not install it; trying pip")
        else:
            return
    session.run(python, "-m", "pip", "install", "--quiet", *arguments, external=True)


def refuse_half_an_environment(session: nox.Session) -> None:
    """Without a Python of its own, `python` would be the machine's, and be installed into."""
    if session.virtualenv.is_sandboxed and not shutil.which("python", path=session.bin):
        session.error(f"{session.virtualenv.location} has no Python in it: remove that folder")


def write_locks(session: nox.Session) -> None:
    """Each file of `locks/` from what `LOCKS` says; uv resolves for every system at once."""
    how = ("--universal", "--python-version", "3.11", "--generate-hashes")
    quiet = ("--no-emit-index-url", "--no-header", "--quiet")
    compile_ = (str(find_uv() or "uv"), "pip", "compile", *how, *quiet, *session.posargs)
    for name, inputs in LOCKS.items():
        session.run(*compile_, *inputs, "--output-file", f"locks/{name}.txt", silent=True)


def find_uv() -> str | None:
    """The uv beside nox, if there is one."""
    return shutil.which("uv", path=str(Path(sys.executable).parent))


def rotating_share(session: nox.Session) -> str:
    """Which part of what takes long a run has time for: the commit says, so that they take turns.

    `./nox -s suite` runs them all.
    """
    told = session.run(
        *("git", "rev-parse", "HEAD"), external=True, silent=True, success_codes=range(256)
    )
    commit = re.match(r"[0-9a-f]{8}", str(told))
    number = int(commit[0], 16) if commit else datetime.now(UTC).toordinal()
    share = f"{number % TURNS + 1}/{TURNS}"
    session.log(f"what takes turns: share {share}")
    return share


def clauses_on_node(session: nox.Session) -> str:
    """What the backend in Node is judged by this time; for `--only`."""
    return ",".join([ON_NODE, *every_nth(clauses(), PARTS_ON_NODE, rotating_share(session))])


def clauses_on_a_server(session: nox.Session) -> str:
    """What two workers on PostgreSQL are judged by: all of it, but a part where others wait."""
    share = str(session.env.get(SHARE_VARIABLE) or os.environ.get(SHARE_VARIABLE, ""))
    named = ON_A_SERVER.split(",")
    meant = [one for one in clauses() if any(fnmatch(one, pattern) for pattern in named)]
    return ",".join(every_nth(meant, PARTS_ON_A_SERVER, share) if share else named)


def clauses() -> list[str]:
    """The ids of all, in the contract's order."""
    files = sorted((ROOT / "contracts" / "clauses").glob("*.yaml"))
    return [clause for file in files for clause in CLAUSE.findall(file.read_text("utf-8"))]


def every_nth(names: list[str], parts: int, share: str) -> list[str]:
    """Those whose turn it is in the share `k/n`."""
    return names[int(share.partition("/")[0]) % parts :: parts]


def fails(name: str, part: Callable[[nox.Session], object], session: nox.Session) -> bool:
    """Run one part of `tests` in its environment; True when it failed."""
    session.log(f"part {name}")
    try:
        part(session)
    except CommandFailed as failure:
        session.warn(f"{name}: {failure}")
        return True
    return False


def judge(
    session: nox.Session, billproof: str, folder: Path, code: int, *words: str
) -> dict[str, str]:
    """Run `billproof verify` in an emptied `folder`, to end with `code`; each clause's verdict."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with session.chdir(folder):
        session.run(
            *(billproof, "verify", *words),
            external=True,
            env={"PYTHONPATH": None},
            success_codes=(code,),
        )
    results = json.loads((folder / "billproof-report" / "results.json").read_text())
    return {clause["id"]: clause["verdict"] for clause in results["clauses"]}


@contextmanager
def read_only(session: nox.Session, folder: Path) -> Iterator[None]:
    """Nothing of what is installed in `folder` may change: it may be somebody else's, or sealed.

    Root could write to sealed files: what counts is that nobody does. Bytecode is Python's affair.
    """
    before = _standing(folder)
    yield
    if changed := before ^ _standing(folder):
        session.error(f"a run wrote where billproof is installed: {sorted(changed)[:5]}")


def _standing(folder: Path) -> set[tuple[str, int]]:
    files = (file for file in folder.rglob("*") if file.suffix != ".pyc" and not file.is_dir())
    return {(str(file), file.lstat().st_mtime_ns) for file in files}


def unrecorded() -> list[str]:
    """Of tests/suite what `stripe_mock` does not run anyway, to record what it says."""
    folders = (ROOT / "tests" / "suite").glob("[!_]*/")
    return [*sorted(str(each) for each in folders if each.name not in RECORDED), UNRECORDED]


def try_example(session: nox.Session, python: str, folder: Path) -> None:
    """Run the tests of examples/shop, far from the checkout, with the wheel that is installed."""
    provide_postgres(session)
    install(session, "--require-hashes", "-r", str(ROOT / "locks" / "shop.txt"), python=python)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "examples" / "shop", folder)
    with session.chdir(folder):
        for url in ("sqlite+aiosqlite://", "postgresql+asyncpg://"):
            env = {"PYTHONPATH": None, "SHOP_DATABASE_URL": url}
            session.run(python, "-m", "pytest", "-n", "2", external=True, env=env)
