"""The values of contracts/environment.yaml that a backend runs with in one run."""

from __future__ import annotations

import random
import secrets
import string
from typing import TYPE_CHECKING

from billproof.errors import UsageError
from billproof.suite import suite_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NEEDED = (
    "METRICS_TOKEN",
    "PUBLIC_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "TELEGRAM_BOT_TOKEN",
)
"""What trials must know of a backend that they did not start."""

ADVICE = "Write a line NAME=value for each value that the backend runs with."

_LETTERS = string.ascii_letters + string.digits


def new_run_id() -> int:
    """A random id; user ids of the run grow from it."""
    return secrets.randbelow(2**31)


def random_values(run_id: int, sandbox_url: str) -> dict[str, str]:
    """Well-formed values, different in each run, the same for the same `run_id`.

    PORT, PUBLIC_URL and DATABASE_URL are there, but blank: they belong to one process.
    """
    draw = random.Random(run_id)  # noqa: S311 - made-up secrets of a made-up service

    def text(length: int) -> str:
        return "".join(draw.choices(_LETTERS, k=length))

    return {
        "HOST": "127.0.0.1",
        "PORT": "",
        "PUBLIC_URL": "",
        "DATABASE_URL": "",
        "STRIPE_API_BASE": sandbox_url,
        "STRIPE_SECRET_KEY": f"sk_test_{text(24)}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{text(32)},whsec_{text(32)}",
        "TELEGRAM_BOT_TOKEN": f"{draw.randrange(10**9, 10**10)}:AA{text(33)}",
        "METRICS_TOKEN": text(32),
        "BILLING_PLANS": str(suite_root() / "contracts" / "plans.json"),
    }


def read_env_file(path: Path) -> dict[str, str]:
    """The values of a file of `NAME=value` lines; UsageError for what is not understood.

    PUBLIC_URL comes without the slash that it may end in: trials write what follows it.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "it is not UTF-8 text"
        told = f"The env file {path} cannot be read: {reason}."
        raise UsageError(told, ADVICE) from None
    values = dict(_pairs(path, lines))
    missing = [name for name in NEEDED if not values.get(name)]
    if missing:
        raise UsageError(f"The env file {path} lacks {', '.join(missing)}.", ADVICE)
    values["PUBLIC_URL"] = values["PUBLIC_URL"].removesuffix("/")
    values.setdefault("BILLING_PLANS", str(suite_root() / "contracts" / "plans.json"))
    return values


def _pairs(path: Path, lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for number, raw in enumerate(lines, start=1):
        line = raw.strip().removeprefix("export ")
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise UsageError(f"Line {number} of {path} is not NAME=value.", ADVICE)
        yield name.strip(), _unquoted(value.strip())


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def env_lines(values: Mapping[str, str]) -> str:
    """The text of an env file with these values."""
    return "".join(f"{name}={value}\n" for name, value in values.items())
