"""What a run is asked to do: the command line over `billproof.toml` over the defaults."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from billproof.errors import UsageError
from billproof.run.plan import ForkServers
from billproof.run.view import View
from billproof.shard import Shard
from billproof.verify.refused_values import flag_told, setting_told

SETTINGS_FILE = "billproof.toml"
DEFAULT_OUT = Path("billproof-report")
FOREIGN_SETTLE_SECONDS = 5.0
DEADLINE_SECONDS = 1800.0
"""One run that takes longer has something wrong with it; a CI job has no time for ever."""


_TARGETS = {"url": "a URL", "cmd": "--cmd", "app": "--app", "mutant": "--mutant"}
"""As they are typed."""


def _said(value: str) -> str:
    if not value.strip():
        raise ValueError("it is blank")
    return value


def _factory(value: str) -> str:
    module, _, name = value.partition(":")
    if not (module and name):
        raise ValueError(f"{value!r} is no module:factory, as myapp:create_app is one")
    return value


_Words = Annotated[str, AfterValidator(_said)]
_Factory = Annotated[_Words, AfterValidator(_factory)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = None
    sandbox: str | None = None
    env_file: Path | None = None
    cmd: _Words | None = None
    app: _Factory | None = None
    database_url: Annotated[str, Field(pattern=r"^postgres(ql)?://")] | None = None
    capabilities: tuple[str, ...] | None = None
    contract: Annotated[str, Field(pattern=r"^\d+\.\d+$")] | None = None
    """The version that the backend claims; what came later is told, and not scored."""
    settle_seconds: Annotated[float, Field(ge=0, le=5)] | None = None
    workers: Annotated[int, Field(ge=1, le=64)] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None
    histories: Annotated[int, Field(ge=1, le=100_000)] | None = None
    out: Path | None = None
    baseline: Path | None = None
    deadline_seconds: Annotated[float, Field(gt=0)] | None = None
    pages: str | None = None

    def targets(self) -> list[str]:
        """The kinds of target that are named here."""
        return [name for name in ("url", "cmd", "app") if getattr(self, name) is not None]


class Settings(_Asked):
    """What may stand in `billproof.toml`."""


class Options(_Asked):
    """What was asked on the command line, with `billproof.toml` worked in."""

    mutant: _Words | None = None
    only: tuple[str, ...] = ()
    shard: Shard | None = None
    repeat: Annotated[int, Field(ge=1, le=1000)] = 1
    """Runs in a row, for what fails only at times."""
    shuffle: bool = False
    preflight: bool = True
    needs: bool = True
    fail_fast: bool = False
    first: tuple[str, ...] = ()
    """The names of trials to begin with, for a proof."""
    view: View = View()
    fork: ForkServers = ForkServers()
    """Those that run already."""

    def targets(self) -> list[str]:
        """The kinds of target that are named here."""
        return super().targets() + (["mutant"] if self.mutant is not None else [])

    @property
    def bundled(self) -> bool:
        """Whether the reference backend is judged, whole or with a defect in it."""
        return self.targets() in ([], ["mutant"])

    @property
    def settle(self) -> float:
        """Seconds that an effect may take; the bundled reference has none."""
        if self.settle_seconds is not None:
            return self.settle_seconds
        return 0.0 if self.bundled else FOREIGN_SETTLE_SECONDS


def read_settings(folder: Path) -> Settings:
    """`billproof.toml` of `folder`, or nothing; UsageError for what is not understood."""
    path = folder / SETTINGS_FILE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise UsageError(f"{path} cannot be read: {problem}.") from None
    try:
        return Settings.model_validate(document)
    except ValidationError as problem:
        raise UsageError(f"{path}: {setting_told(problem)}", _known(problem)) from None


def complete(asked: Options, settings: Settings) -> Options:
    """The command line with the file's defaults; a target named there replaces the file's."""
    names = set(Settings.model_fields) - asked.model_fields_set
    if asked.targets():
        names -= {"url", "cmd", "app"} | ({"sandbox", "env_file"} if asked.url is None else set())
        names -= {"database_url"} if asked.cmd is None else set()
    defaults = {name: getattr(settings, name) for name in names}
    whole = asked.model_copy(
        update={name: value for name, value in defaults.items() if value is not None}
    )
    _check_targets(whole)
    if whole.shard is not None and whole.seed is None:
        raise UsageError(
            "The shards of a run share a seed, and none was given.",
            "Add the same --seed N to each of them.",
        )
    return whole


def _check_targets(options: Options) -> None:
    if len(options.targets()) > 1:
        named = " and ".join(_TARGETS[name] for name in options.targets())
        raise UsageError(f"One target at a time: {named} were given.", "Leave out all but one.")
    if options.url is None and (options.sandbox or options.env_file):
        raise UsageError("--sandbox and --env-file belong to a URL, and none was given.")
    if options.cmd is None and options.database_url:
        raise UsageError(
            "--database-url belongs to --cmd, and none was given.",
            "A URL's backend has its database; an app that we host has SQLite's files.",
        )
    missing = [
        flag
        for flag, value in (("--sandbox", options.sandbox), ("--env-file", options.env_file))
        if options.url is not None and value is None
    ]
    if missing:
        raise UsageError(
            f"A URL needs {' and '.join(missing)}.",
            "Start `billproof sandbox`, point the backend at it, and list its environment.",
        )


def parse(asked: dict[str, object]) -> Options:
    """Options from what the command line gave; UsageError for a value out of range."""
    given = {name: value for name, value in asked.items() if value is not None}
    try:
        return Options.model_validate(given)
    except ValidationError as problem:
        raise UsageError(flag_told(problem)) from None


def _known(problem: ValidationError) -> str:
    if problem.errors()[0]["type"] != "extra_forbidden":
        return ""
    return f"Known are: {', '.join(sorted(Settings.model_fields))}."
