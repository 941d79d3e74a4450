"""The environment: what is wrong with it is named before anything listens."""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from reference_impl import __main__ as program
from reference_impl import create_app, settings
from reference_impl.settings import ConfigurationError, Settings

REQUIRED = (
    "PORT",
    "PUBLIC_URL",
    "DATABASE_URL",
    "STRIPE_API_BASE",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "TELEGRAM_BOT_TOKEN",
    "METRICS_TOKEN",
    "BILLING_PLANS",
)
ORIGINS = (
    "nonsense",
    "//app.example.test",
    "ftp://app.example.test",
    "https://",
    "https://app.example.test/billing",
    "https://app.example.test?a=b",
    "https://app.example.test#a",
    "https://app.example.test:port",
    "https://app.example.test:65536",
    "https://[::1",
    "https://app example.test",
)
MALFORMED = {
    "PORT": ("web", "-1", "80.0", "65536", "008000", "9" * 5000, "٨٠٠٠"),
    "PUBLIC_URL": ORIGINS,
    "STRIPE_API_BASE": ORIGINS,
    "DATABASE_URL": (
        "/var/lib/app.db",
        "sqlite:app.db",
        "mysql://localhost/app",
        "postgres://localhost",
        "postgres://localhost/",
        "postgres://localhost:many/app",
        "postgresql:app",
    ),
    "STRIPE_WEBHOOK_SECRET": (",", "whsec_new,", "whsec_new, ,whsec_old"),
    "BILLING_PLANS": ("/nowhere/plans.json", "/"),
}


def plan(**changes: Any) -> dict[str, Any]:
    """The free plan, but for the changes."""
    whole = {"key": "free", "price": None, "amount": 0, "currency": "eur", "interval": None}
    return {**whole, "trial_days": 0, "device_limit": 1, "rank": 0, **changes}


@pytest.mark.parametrize("blank", ["", " ", "\t\n"], ids=["empty", "space", "white"])
@pytest.mark.parametrize("variable", REQUIRED)
def test_a_blank_variable_is_named(environ: dict[str, str], variable: str, blank: str) -> None:
    """With the others in place the settings are taken."""
    Settings.from_environ(environ)

    with pytest.raises(ConfigurationError, match=f"^{variable} "):
        create_app({**environ, variable: blank})


@pytest.mark.parametrize("variable", REQUIRED)
def test_a_missing_variable_is_named(environ: dict[str, str], variable: str) -> None:
    """The factory itself raises."""
    del environ[variable]

    with pytest.raises(ConfigurationError, match=f"^{variable} "):
        create_app(environ)


@pytest.mark.parametrize(
    "value",
    ["sqlite:/a.db", "postgres://localhost/app", "postgresql://me:secret@db:5432/app?host=/run"],
)
def test_either_database_is_taken(environ: dict[str, str], value: str) -> None:
    """By its scheme, under either name of PostgreSQL's."""
    assert Settings.from_environ({**environ, "DATABASE_URL": value}).database_url == value


def test_a_driver_that_is_missing_is_said_at_start(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's is installed by those alone who need it; SQLite needs nothing."""
    monkeypatch.setattr(settings, "find_spec", lambda _: None)

    Settings.from_environ(environ)
    with pytest.raises(ConfigurationError, match=r"^DATABASE_URL needs psycopg"):
        Settings.from_environ({**environ, "DATABASE_URL": "postgres://localhost/app"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [(variable, value) for variable, values in MALFORMED.items() for value in values],
)
def test_a_malformed_variable_is_named(environ: dict[str, str], variable: str, value: str) -> None:
    """By its name, and never with its value: it may be a secret in the wrong place."""
    with pytest.raises(ConfigurationError, match=f"^{variable} ") as caught:
        create_app({**environ, variable: value})

    assert value == "/" or value not in str(caught.value).removeprefix(variable)


PRO: dict[str, Any] = {"key": "pro", "price": "price_1"}
CATALOGUES = {
    "no JSON": "{",
    "no text": "\xff",
    "no object": "[]",
    "nothing": "null",
    "no plans": "{}",
    "no list of plans": '{"plans": {}}',
    "empty": json.dumps({"plans": []}),
    "nothing free": json.dumps({"plans": [plan(key="pro", price="price_1")]}),
    "text for a number": json.dumps({"plans": [plan(amount="much")]}),
    "null for a number": json.dumps({"plans": [plan(rank=None)]}),
    "a number as text": json.dumps({"plans": [plan(), plan(**PRO, amount="900")]}),
    "less than nothing": json.dumps({"plans": [plan(), plan(**PRO, amount=-900)]}),
    "no devices": json.dumps({"plans": [plan(), plan(**PRO, device_limit=0)]}),
    "an interval of its own": json.dumps({"plans": [plan(), plan(**PRO, interval="once")]}),
}


@pytest.mark.parametrize("text", CATALOGUES.values(), ids=CATALOGUES)
def test_an_unreadable_catalogue_is_named(
    environ: dict[str, str], tmp_path: Path, text: str
) -> None:
    """Whatever the file holds instead; two plans of the right form are taken."""
    environ["BILLING_PLANS"] = str(tmp_path / "plans.json")
    Path(environ["BILLING_PLANS"]).write_text(json.dumps({"plans": [plan(), plan(**PRO)]}))
    create_app(environ)

    Path(environ["BILLING_PLANS"]).write_text(text, encoding="latin-1")

    with pytest.raises(ConfigurationError, match=r"^BILLING_PLANS "):
        create_app(environ)


@pytest.mark.parametrize(
    ("variable", "value", "attribute", "expected"),
    [
        ("HOST", "", "host", "127.0.0.1"),
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),  # noqa: S104 - a container's
        ("PORT", "65535", "port", 65535),
        ("PUBLIC_URL", "https://a.test/", "public_url", "https://a.test"),
        ("PUBLIC_URL", "http://[::1]:8", "public_url", "http://[::1]:8"),
        ("STRIPE_WEBHOOK_SECRET", "a", "webhook_secrets", ("a",)),
        ("STRIPE_WEBHOOK_SECRET", "a , b", "webhook_secrets", ("a", "b")),
        ("STRIPE_SECRET_KEY", "sk_live_1", "livemode", True),
        ("STRIPE_SECRET_KEY", "rk_live_1", "livemode", True),
        ("STRIPE_SECRET_KEY", "sk_test_1", "livemode", False),
        ("STRIPE_SECRET_KEY", "rk_test_1", "livemode", False),
    ],
    ids=str,
)
def test_how_a_value_is_read(
    environ: dict[str, str],
    variable: str,
    value: str,
    attribute: str,
    expected: object,
) -> None:
    """Blanks around it do not count, and neither does a slash behind an origin."""
    read = Settings.from_environ({**environ, variable: f" {value} "})

    assert getattr(read, attribute) == expected


@pytest.mark.parametrize(("words", "workers"), [([], 1), (["--workers", "2"], 2)])
def test_the_program_serves_with_these_values(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, words: list[str], workers: int
) -> None:
    """In as many processes as were asked for; SIGTERM, once it is served, is a good end."""
    served: dict[str, Any] = {}
    monkeypatch.setattr(os, "environ", {**environ, "HOST": "127.0.0.2"})
    monkeypatch.setattr(uvicorn, "run", lambda app, **how: served.update(how, app=app))
    before = signal.getsignal(signal.SIGTERM)
    try:
        assert program.main(words) == 0
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)

    assert ended.value.code == 0
    wanted = {"app": "reference_impl:create_app", "factory": True, "workers": workers}
    wanted |= {"host": "127.0.0.2", "port": 8000}
    assert wanted.items() <= served.items()


def test_the_program_ends_with_one_line(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 and the variable's name, without a traceback."""
    monkeypatch.setattr(os, "environ", {**environ, "METRICS_TOKEN": ""})

    code = program.main([])

    told = capsys.readouterr()
    assert (code, told.out) == (1, "")
    assert told.err == "configuration error: METRICS_TOKEN is missing or blank\n"


def test_the_program_is_the_package(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m reference_impl`."""
    monkeypatch.setattr(os, "environ", {**environ, "PORT": ""})
    monkeypatch.setattr(sys, "argv", ["reference_impl"])
    monkeypatch.delitem(sys.modules, "reference_impl.__main__", raising=False)

    with pytest.raises(SystemExit) as ended:
        runpy.run_module("reference_impl", run_name="__main__")

    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("configuration error: PORT ")
