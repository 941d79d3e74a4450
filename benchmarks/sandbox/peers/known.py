"""The servers that are measured, ours first."""

from __future__ import annotations

import sys
from pathlib import Path

import billproof
from benchmarks.getting import get
from benchmarks.sandbox.peers.peer import Launch, Peer
from tests.suite.fidelity.stripe_mock import providing

STATEFUL_MOCK = """
const { createExpressApp } = require("stripe-stateful-mock");
createExpressApp().listen(Number(process.env.PORT), "127.0.0.1");
"""
# What its own command does, but for the address: that one binds `::`.
LOCALSTRIPE = """
import logging, sys
from aiohttp import web
from localstripe.server import app
logger = logging.getLogger("aiohttp.access")
logger.setLevel(logging.DEBUG)
logger.addHandler(logging.StreamHandler())
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), access_log=logger)
"""
PICKLE = Path("/tmp/localstripe.pickle")  # noqa: S108 - a name that is fixed in its source
NPM = ("npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix")


def provide_ours(_folder: Path) -> Launch:
    """This checkout's sandbox, as its own users start it."""
    module = (sys.executable, "-m", "billproof.sandbox")
    return Launch((*module, "--port", "{port}", "--until-eof"))


def provide_localstripe(folder: Path) -> Launch:
    """From PyPI, into an environment of its own: its licence is the GPL."""
    python = str(folder / "bin" / "python")
    get(sys.executable, "-m", "venv", str(folder))
    get(python, "-m", "pip", "install", "--quiet", "localstripe==1.15.10")
    return Launch((python, "-c", LOCALSTRIPE, "{port}"), litter=(PICKLE,))


def provide_stateful_mock(folder: Path) -> Launch:
    """From npm; it has no command, but an Express app."""
    get(*NPM, str(folder), "stripe-stateful-mock@0.0.16")
    return Launch(
        ("node", "-e", STATEFUL_MOCK),
        {"PORT": "{port}", "NODE_PATH": str(folder / "node_modules"), "LOG_LEVEL": "warn"},
    )


def provide_emulate(folder: Path) -> Launch:
    """From npm, pinned, with the Node 24 that it needs."""
    get(*NPM, str(folder), "emulate@0.12.2", "node@24")
    modules = folder / "node_modules"
    program = (str(modules / ".bin" / "node"), str(modules / "emulate" / "dist" / "index.js"))
    return Launch((*program, "start", "--service", "stripe", "--port", "{port}"))


def provide_stripe_mock(folder: Path) -> Launch:
    """Stripe's own, by Go, in the version that compose.yaml pins."""
    found = f"{providing.MODULE}@{providing.version()}"
    get("go", "install", found, GOBIN=str(folder), GOFLAGS="-mod=mod")
    ports = ("-http-addr", "127.0.0.1:{port}", "-https-addr", "127.0.0.1:0")
    return Launch((str(folder / "stripe-mock"), *ports))


OURS = Peer("billproof", billproof.__version__, is_stateful=True, provide=provide_ours)
PEERS = (
    OURS,
    Peer("localstripe", "1.15.10", is_stateful=True, provide=provide_localstripe),
    Peer("stripe-stateful-mock", "0.0.16", is_stateful=True, provide=provide_stateful_mock),
    Peer("emulate", "0.12.2", True, provide_emulate, most_requests=5000),
    Peer("stripe-mock", providing.version(), is_stateful=False, provide=provide_stripe_mock),
)
