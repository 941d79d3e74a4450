"""What the process is started with; whatever is wrong with it is said by name, never by value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

FORMS = {
    "PORT": r"\d{1,5}",
    "PUBLIC_URL": r"https?://[^/\s]+/?",
    "DATABASE_URL": r"sqlite:/\S+",
    "STRIPE_API_BASE": r"https?://[^/\s]+/?",
    "STRIPE_SECRET_KEY": r"\S+",
    "STRIPE_WEBHOOK_SECRET": r"[^,\s]+(,[^,\s]+)*",
    "TELEGRAM_BOT_TOKEN": r"\S+",
    "METRICS_TOKEN": r"\S+",
    "BILLING_PLANS": r".+",
}
LIVE = ("sk_live_", "rk_live_")
HIGHEST_PORT = 65_535
NUMBERS = ("amount", "trial_days", "device_limit", "rank")


class ConfigurationError(Exception):
    """A variable that cannot be worked with."""


class Plan(TypedDict):
    """One row of the file that BILLING_PLANS names."""

    key: str
    price: str | None
    amount: int
    currency: str
    interval: str | None
    trial_days: int
    device_limit: int
    rank: int


@dataclass(frozen=True)
class Settings:
    """Everything that is read from the environment, once."""

    public_url: str
    database: str
    stripe: str
    stripe_key: str
    signing_secrets: tuple[str, ...]
    bot_token: str
    plans: tuple[Plan, ...]

    @property
    def livemode(self) -> bool:
        """Whether real money is moved."""
        return self.stripe_key.startswith(LIVE)

    def paid_plan(self, key: object) -> Plan | None:
        """The plan of that key, if it can be bought."""
        return next((one for one in self.plans if one["key"] == key and one["price"]), None)

    def plan_of_price(self, price: object) -> Plan | None:
        """The plan that Stripe sells as `price`."""
        return next((one for one in self.plans if price and one["price"] == price), None)


def read(environ: Mapping[str, str]) -> Settings:
    """The settings; ConfigurationError names the first variable that is wrong."""
    for name, form in FORMS.items():
        if not re.fullmatch(form, environ.get(name, "")):
            raise ConfigurationError(f"{name} is missing or malformed")
    if int(environ["PORT"]) > HIGHEST_PORT:
        raise ConfigurationError("PORT is no port")
    return Settings(
        public_url=environ["PUBLIC_URL"].rstrip("/"),
        database=environ["DATABASE_URL"].removeprefix("sqlite:"),
        stripe=environ["STRIPE_API_BASE"].rstrip("/"),
        stripe_key=environ["STRIPE_SECRET_KEY"],
        signing_secrets=tuple(environ["STRIPE_WEBHOOK_SECRET"].split(",")),
        bot_token=environ["TELEGRAM_BOT_TOKEN"],
        plans=_plans(environ["BILLING_PLANS"]),
    )


def _plans(path: str) -> tuple[Plan, ...]:
    try:
        with Path(path).open(encoding="utf-8") as file:
            rows = json.load(file)["plans"]
            plans = [Plan(**{name: row[name] for name in Plan.__annotations__}) for row in rows]
    except (OSError, ValueError, KeyError, TypeError):
        plans = []
    if not _is_catalogue(plans):
        raise ConfigurationError("BILLING_PLANS names no catalogue")
    return tuple(sorted(plans, key=lambda plan: plan["rank"]))


def _is_catalogue(plans: list[Plan]) -> bool:
    """Numbers where numbers belong, and of all plans free alone costs nothing."""
    whole = all(type(plan[name]) is int for plan in plans for name in NUMBERS)
    given_away = [plan["key"] for plan in plans if plan["price"] is None]
    return whole and given_away == ["free"] and len(plans) > 1
