"""The only door: `./nox -s verify` judges, `./nox -s tests` tests everything."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nox
from nox.command import CommandFailed

# nox loads this file by its path, and looks for no neighbour of it.
sys.path.insert(0, str(Path(__file__).parent))

from session_parts import (
    ROOT,
    RUNTIME,
    SHARE_VARIABLE,
    clauses_on_a_server,
    clauses_on_node,
    fails,
    install,
    is_possible,
    judge,
    prepare,
    provide_browser,
    provide_postgres,
    read_only,
    rotating_share,
    run_elsewhere,
    served_by_two,
    try_example,
    unrecorded,
    write_locks,
)

OLDER = ROOT / "locks" / "sqlalchemy20.txt"
PYTEST = ("python", "-m", "pytest", "-W", "error", "--disable-plugin-autoload")
"""Only the plugins that a session names: loading all that are installed costs seconds."""
PARALLEL = ("-p", "xdist", "--dist", "worksteal", "-n")
"""How many workers comes behind: as many as cores, or one more where tests wait a third of it."""
ONE_MORE = str((os.cpu_count() or 1) + 1)
ON_ANY_SQLALCHEMY = ("sqlite", "postgres/test_sessions.py", "test_guarantees.py", "test_live.py")
SOME_CLAUSES = "AUT-00*,MET-00*,ENV-002"
"""What the checkout judges beside the wheel, which judges all."""
CI = "ci"
"""Tag of the sessions that CI runs side by side; together they are `tests` and `verify`."""
nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = True
nox.options.reuse_venv = "yes"
nox.options.sessions = ["verify"]


@nox.session(tags=[CI])
def verify(session: nox.Session) -> None:
    """Judge a backend, the bundled one by default; arguments go to `billproof verify`."""
    prepare(session, RUNTIME)
    provide_browser(session)
    session.run("billproof", "verify", *session.posargs)
    if not session.posargs:
        session.run("python", "-m", "tests.suite.law.wishes", "billproof-report")


@nox.session
def tests(session: nox.Session) -> None:
    """Test everything; all parts run, whatever the first ones say."""
    session.env[SHARE_VARIABLE] = rotating_share(session)
    others = {"stripe_mock": stripe_mock, "node_sdk": node_sdk, "telegram_sdks": telegram_sdks}
    possible = {name: part for name, part in others.items() if is_possible(session, name)}
    if "node_sdk" in possible:
        possible["node_backend"] = node_backend
    parts = {
        "lint": lint,
        "types": types,
        "suite": but_recorded if "stripe_mock" in possible else suite,
        "reference": reference,
        "contract": contract,
        "postgres": postgres,
        "sqlalchemy_2_0": sqlalchemy_2_0,
        "wheel": wheel,
        **possible,
    }
    failed = [name for name, part in parts.items() if fails(name, part, session)]
    if failed:
        session.error(f"failed: {', '.join(failed)}")


@nox.session(tags=[CI])
def lint(session: nox.Session) -> None:
    """Check style and format with ruff."""
    prepare(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(tags=[CI])
def types(session: nox.Session) -> None:
    """Check the types with mypy, strict."""
    prepare(session)
    session.run("mypy")


@nox.session(tags=[CI])
def reference(session: nox.Session) -> None:
    """Unit tests of the reference backend, on both databases; arguments go to pytest.

    Without arguments every line and branch of it must have been taken; as a part of `tests` the
    ones on PostgreSQL take turns, and nobody counts lines, which takes half as long again.
    """
    prepare(session)
    provide_postgres(session)
    plugins = ("pytest_asyncio.plugin", "respx.plugin", "billproof.database.pytest_plugin")
    named = [word for plugin in plugins for word in ("-p", plugin)]
    is_part = SHARE_VARIABLE in {**os.environ, **session.env}
    measured = () if session.posargs or is_part else ("-m", "coverage", "run")
    pytest = (PYTEST[0], *measured, *PYTEST[1:])
    session.run(*pytest, *named, *PARALLEL, "auto", "tests/reference", *session.posargs)
    if measured:
        session.run("coverage", "combine", "--quiet")
        session.run("coverage", "report")


@nox.session(tags=[CI])
def postgres(session: nox.Session) -> None:
    """Judge the reference with two workers on PostgreSQL, by the clauses in which they matter."""
    prepare(session)
    provide_postgres(session)
    env = {"PYTHONPATH": str(ROOT)}
    words = ("--only", clauses_on_a_server(session), *session.posargs)
    with session.chdir(served_by_two(session)):
        session.run("billproof", "verify", *words, env=env)


@nox.session(tags=[CI])
def suite(session: nox.Session) -> None:
    """The suite on trial: the house, the machine, mutants, null servers."""
    if "CI" in os.environ:
        # A hosted machine has 20 minutes for all of it.
        session.env.setdefault(SHARE_VARIABLE, rotating_share(session))
    named = any(Path(word.partition("::")[0]).exists() for word in session.posargs)
    try_suite(session, *([] if named else ["tests/suite"]), *session.posargs)


def but_recorded(session: nox.Session) -> None:
    """The same without the tests that `stripe_mock` runs anyway, to record what they say."""
    try_suite(session, *unrecorded(), *session.posargs)


def try_suite(session: nox.Session, *words: str) -> None:
    """Run pytest on the suite's own tests, with all that they need."""
    prepare(session)
    provide_browser(session)
    provide_postgres(session)
    # The mutants take seconds each and stand side by side: whoever is done takes from the others.
    session.run(*PYTEST, *PARALLEL, ONE_MORE, "--durations=15", *words)


@nox.session(tags=[CI])
def contract(session: nox.Session) -> None:
    """Lint the law, and hold clauses and wire to the versions that are frozen; oasdiff needs Go."""
    prepare(session)
    session.run("python", "-m", "tests.suite.law.contract", session.create_tmp())


@nox.session(tags=[CI])
def sqlalchemy_2_0(session: nox.Session) -> None:
    """Databases for tests, on the SQLAlchemy that most projects have; arguments go to pytest."""
    prepare(session)
    provide_postgres(session)
    older = Path(session.create_tmp()).resolve() / "sqlalchemy20"
    shutil.rmtree(older, ignore_errors=True)
    install(session, "--target", str(older), "--no-deps", "--require-hashes", "-r", str(OLDER))
    session.env["PYTHONPATH"] = str(older)
    told = session.run(
        "python", "-c", "import sqlalchemy; print(sqlalchemy.__version__)", silent=True
    )
    assert str(told).startswith("2.0."), told
    # How runs begin and end has nothing to do with SQLAlchemy's version.
    places = [f"tests/suite/database/{name}" for name in ON_ANY_SQLALCHEMY]
    session.run(*PYTEST, *PARALLEL, "auto", *places, *session.posargs)
    session.env["PYTHONPATH"] = None


@nox.session(tags=[CI])
def stripe_mock(session: nox.Session) -> None:
    """Hold the sandbox against stripe-mock: STRIPE_MOCK_URL's, docker compose's, or Go's."""
    run_elsewhere(session, "stripe_mock", *PYTEST)


@nox.session(tags=[CI])
def node_sdk(session: nox.Session) -> None:
    """Run the sandbox's flows through the official Node SDK; needs Node 20 or newer and npm."""
    run_elsewhere(session, "node_sdk")


@nox.session(tags=[CI])
def telegram_sdks(session: nox.Session) -> None:
    """Hold the double of Telegram against its script and public SDKs; needs Node and npm."""
    prepare(session)
    provide_browser(session)
    run_elsewhere(session, "telegram_sdks", *PYTEST)


@nox.session(tags=[CI])
def node_backend(session: nox.Session) -> None:
    """Judge examples/node-backend, the contract in another language; needs Node 20 and npm.

    Arguments go to `billproof verify`: `-- --only '*'` is all of it.
    """
    prepare(session)
    provide_browser(session)
    if not is_possible(session, "node_sdk"):
        session.error("there is no Node to run it with")
    folder = Path(session.create_tmp()).resolve() / "node-backend"
    shutil.rmtree(folder, ignore_errors=True)
    left = shutil.ignore_patterns("node_modules", "billproof-report")
    shutil.copytree(ROOT / "examples" / "node-backend", folder, ignore=left)
    words = session.posargs or ("--only", clauses_on_node(session))
    with session.chdir(folder):
        quiet = ("--no-audit", "--no-fund", "--silent")
        session.run("npm", "ci", "--ignore-scripts", *quiet, external=True)
        session.run("billproof", "verify", *words)


@nox.session
def stripe_live(session: nox.Session) -> None:
    """Show where the real Stripe differs; needs a key of your own, STRIPE_TEST_KEY=sk_test_…."""
    prepare(session)
    session.run("python", "-m", "tests.suite.fidelity.live")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure `-- databases`, `reference`, `sandbox` or `verify`; into benchmarks/results/."""
    prepare(session)
    provide_postgres(session)
    scratch = session.create_tmp()
    # It has set TMPDIR to that; databases belong where they are without it, in memory.
    session.run("python", "-m", "benchmarks", scratch, *session.posargs, env={"TMPDIR": None})


@nox.session
def soak(session: nox.Session) -> None:
    """Make up hundreds of histories; arguments go to `billproof verify`, `--seed` among them."""
    prepare(session, RUNTIME)
    chance = ("--only", "WHK-012", "--histories", "200", "--deadline", "3600")
    session.run("billproof", "verify", *chance, *session.posargs)


@nox.session
def self_mutation(session: nox.Session) -> None:
    """Change the machine, a sample, and see which test says no; `-- --only GLOB --size N`."""
    prepare(session)
    copy = Path(session.create_tmp()).resolve() / "copy"
    session.run("python", "-m", "tests.suite.self_mutation", str(copy), *session.posargs)


@nox.session
def ui(session: nox.Session) -> None:
    """The page trials alone; arguments go to `billproof verify`."""
    prepare(session, RUNTIME)
    provide_browser(session)
    pages = () if "--only" in session.posargs else ("--only", "APP-*")
    session.run("billproof", "verify", *pages, *session.posargs)


@nox.session(tags=[CI])
def wheel(session: nox.Session) -> None:
    """Install the wheel in an empty environment: its verdicts are the checkout's.

    A project that is not ours has its databases from it there, too.
    """
    prepare(session)
    code = 0 if provide_browser(session) else 3
    scratch = Path(session.create_tmp()).resolve()
    built, environment = scratch / "dist", scratch / "environment"
    shutil.rmtree(built, ignore_errors=True)
    session.run("python", "-m", "build", "--no-isolation", "--outdir", str(built), silent=True)
    session.run("python", "-m", "virtualenv", "--quiet", "--clear", str(environment))
    python = str(environment / "bin" / "python")
    install(session, "--require-hashes", "-r", str(RUNTIME), python=python)
    install(session, "--no-deps", *map(str, built.glob("*.whl")), python=python)
    try_example(session, python, scratch / "shop")
    with read_only(session, environment):
        theirs = judge(session, str(environment / "bin" / "billproof"), scratch / "empty", code)
    for page in ("wishes", "checks") if code == 0 else ():
        session.run("python", "-m", f"tests.suite.law.{page}", f"{scratch}/empty/billproof-report")
    # All of them twice is more than CI has time for; where one is red, the other is as well.
    ours = judge(session, "billproof", scratch / "checkout", 0, "--only", SOME_CLAUSES)
    if not ours.items() <= theirs.items():
        differing = sorted(ours.items() - theirs.items())
        raise CommandFailed(f"the wheel's verdicts are others: {differing}")


@nox.session(venv_backend="none")
def lock(session: nox.Session) -> None:
    """Write `locks/` anew from pyproject.toml; `-- --upgrade` takes newer releases."""
    write_locks(session)
