"""The process that hosts an app target: `python -m billproof.targets.host module:factory`.

It serves on the listening socket that it has inherited (`--fd N`) and obeys JSON lines on stdin,
one answer line each, after a first one that says whether the module can be imported:
`{"do":"swap","environ":{…}}` starts a new app beneath the server that stays up,
`{"do":"clear"}` ends the one on stage. When stdin closes, the process ends.
With `--serve N` it is a plain server instead: one app, made from the environment, in N processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path
from typing import IO, TYPE_CHECKING

from billproof.targets.import_path import INSTALLED
from billproof.targets.listening import inherited, listen
from billproof.targets.stage import Stage, app_of, load_factory

if TYPE_CHECKING:
    from collections.abc import Mapping

    import uvicorn

    from billproof.database.lifespan import App

MACHINE = Path(__file__).resolve().parents[1]
PARTING_SECONDS = 5.0
GRACEFUL_SECONDS = 4
DEPLOYED_GRACEFUL_SECONDS = 10
"""Of an app that is served as its own deployment would: by contract no answer takes longer."""


def address_in(environ: Mapping[str, str]) -> str:
    """Where these values have it listen; blanks alone say nothing."""
    return environ.get("HOST", "").strip() or "127.0.0.1"


def server(
    app: App, port: int = 0, lifespan: str = "off", graceful_seconds: int = GRACEFUL_SECONDS
) -> uvicorn.Server:
    """A quiet server of `app` with bounded shutdown."""
    import uvicorn  # noqa: PLC0415 - an app that refuses its values should not wait for it

    config = uvicorn.Config(
        app,
        host=address_in(os.environ),
        port=port,
        http="httptools",
        loop="uvloop",
        lifespan="on" if lifespan == "on" else "off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=graceful_seconds,
    )
    return uvicorn.Server(config)


def private_stdout() -> IO[str]:
    """Keep stdout for our answers; what the app prints goes to the log, on stderr."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    return answers


async def obey(stage: Stage, line: str) -> dict[str, object]:
    """Do what one line asks; an app that fails to start is an answer, not the host's end."""
    order = json.loads(line)
    try:
        if order["do"] == "swap":
            await stage.swap(order["environ"])
        else:
            await stage.clear()
    except Exception as problem:  # noqa: BLE001 - whatever a foreign factory raises
        return _refusal(problem)
    return {"ok": True}


def read_orders(loop: asyncio.AbstractEventLoop, orders: asyncio.Queue[str | None]) -> None:
    """Hand each line of stdin to the loop; after its end, leave within a bound."""
    for line in sys.stdin:
        loop.call_soon_threadsafe(orders.put_nowait, line)
    loop.call_soon_threadsafe(orders.put_nowait, None)
    threading.Event().wait(PARTING_SECONDS)
    os._exit(1)


async def host(name: str, listener: socket.socket) -> int:
    """Serve until stdin closes; an app that cannot be imported is the only answer, and the end."""
    answers = private_stdout()
    try:
        stage = Stage(load_factory(name))
    except Exception as problem:  # noqa: BLE001 - whatever a foreign module raises
        answers.write(json.dumps(_refusal(problem)) + "\n")
        return 1
    serving = server(stage)
    task = asyncio.create_task(serving.serve(sockets=[listener]))
    orders: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    threading.Thread(target=read_orders, args=(loop, orders), daemon=True).start()
    answers.write(json.dumps({"ok": True}) + "\n")
    while (line := await orders.get()) is not None:
        answers.write(json.dumps(await obey(stage, line)) + "\n")
    await stage.clear()
    serving.should_exit = True
    await task
    return 0


def _refusal(problem: Exception) -> dict[str, object]:
    return {"ok": False, "error": _told(problem)}


def _told(problem: Exception) -> str:
    """What was raised, and at which line of the project that we run in."""
    project = Path.cwd()
    # Absolute paths only: what is frozen into the interpreter has no file.
    lines = [
        f"{Path(frame.filename).relative_to(project)}:{frame.lineno}"
        for frame in traceback.extract_tb(problem.__traceback__)
        if Path(frame.filename).is_relative_to(project)
        and not Path(frame.filename).is_relative_to(MACHINE)
        and not INSTALLED & set(Path(frame.filename).parts)
    ]
    return f"{type(problem).__name__}: {problem}" + (f" ({lines[-1]})" if lines else "")


def serve(name: str, environ: Mapping[str, str], workers: int) -> int:
    """Serve one app made from `environ`, as its own deployment would."""
    try:
        app = app_of(load_factory(name), environ)
    except Exception as problem:  # noqa: BLE001 - whatever a foreign factory raises
        print(_told(problem), file=sys.stderr)  # noqa: T201 - its log
        return 1
    if workers > 1:
        return serve_by_many(name, environ, workers)
    port = int(environ.get("PORT", "0"))
    serving = server(app, port, "on", DEPLOYED_GRACEFUL_SECONDS)
    serving.run()
    return 0 if serving.started else 3


def serve_by_many(name: str, environ: Mapping[str, str], workers: int) -> int:
    """The same in several processes on one port, each with an app of its own."""
    listener = listen(address_in(environ), int(environ.get("PORT", "0")))
    # Forked: what the first app has imported the others need not.
    children = [forked(name, environ, listener) for _ in range(workers)]
    signal.signal(signal.SIGTERM, lambda *_: None)
    ended, status = os.wait()
    code = os.waitstatus_to_exitcode(status)
    asked = code in {0, -signal.SIGTERM}
    if not asked:
        told = f"worker {ended} ended with {code}; all end with it"
        print(told, file=sys.stderr)  # noqa: T201 - its log
    # One that is gone takes the others along: this is no supervisor.
    for child in children:
        # The number of the one that has ended may be somebody else's by now.
        with contextlib.suppress(ProcessLookupError):
            if child != ended:
                os.kill(child, signal.SIGTERM)
    return 0 if asked else 1


def forked(name: str, environ: Mapping[str, str], listener: socket.socket) -> int:
    """The id of a child that serves until SIGTERM."""
    if child := os.fork():
        return child
    serving = server(app_of(load_factory(name), environ), 0, "on", DEPLOYED_GRACEFUL_SECONDS)
    serving.run(sockets=[listener])
    os._exit(0 if serving.started else 3)


def main(arguments: list[str]) -> int:
    """Either kind of host."""
    name = arguments[0]
    if "--serve" in arguments:
        return serve(name, dict(os.environ), int(arguments[arguments.index("--serve") + 1]))
    import uvloop  # noqa: PLC0415 - as uvicorn

    return uvloop.run(host(name, inherited(int(arguments[arguments.index("--fd") + 1]))))


if __name__ == "__main__":
    # os._exit: the thread that reads stdin would keep a normal exit waiting.
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
