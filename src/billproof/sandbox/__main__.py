"""`python -m billproof.sandbox --port 12111`: the way in without the weight."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from billproof.errors import UsageError
from billproof.sandbox.options import SandboxOptions
from billproof.sandbox.server import serve

TEXTS = ("host", "advertise", "webhook-url", "webhook-secret", "plans", "state")
PORT = re.compile(r"[0-9]{1,5}")
USAGE = f"Known: --port {' '.join(f'--{name}' for name in TEXTS)} --until-eof."


def parse(words: list[str]) -> SandboxOptions:
    """The options that `words` spell; UsageError for any other word."""
    values: dict[str, str] = {}
    rest = [part for word in words for part in _halves(word)]
    until_eof = "--until-eof" in rest
    rest = [word for word in rest if word != "--until-eof"]
    if len(rest) % 2:
        raise UsageError(f"{rest[-1]} needs a value.", USAGE)
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        if name.removeprefix("--") not in {*TEXTS, "port"} or not name.startswith("--"):
            raise UsageError(f"{name} is no option of the sandbox.", USAGE)
        values[name.removeprefix("--")] = value
    if not PORT.fullmatch(values.get("port", "0")):
        raise UsageError("--port must be a number up to 65535.", USAGE)
    usual = SandboxOptions()
    return SandboxOptions(
        host=values.get("host", usual.host),
        port=int(values.get("port", usual.port)),
        advertise=values.get("advertise"),
        webhook_url=values.get("webhook-url"),
        webhook_secret=values.get("webhook-secret"),
        plans=Path(values["plans"]) if "plans" in values else None,
        state=Path(values["state"]) if "state" in values else None,
        until_eof=until_eof,
    )


def _halves(word: str) -> list[str]:
    return word.split("=", 1) if word.startswith("--") else [word]


if __name__ == "__main__":
    try:
        serve(parse(sys.argv[1:]))
    except UsageError as error:
        print(f"billproof sandbox: {error}", file=sys.stderr)  # noqa: T201 - before any log
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
