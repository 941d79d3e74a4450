"""compose.yaml starts the reference backend as contracts/environment.yaml says."""

from __future__ import annotations

from typing import Any

import yaml

from tests.suite.house.tree import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def environment() -> dict[str, str]:
    """The variables of compose.env."""
    lines = (ROOT / "compose.env").read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def test_it_sets_every_variable_of_the_contract() -> None:
    """`verify --env-file compose.env` needs each of them, and the backend knows no other."""
    contract = yaml.safe_load((ROOT / "contracts" / "environment.yaml").read_text("utf-8"))

    assert set(environment()) == {variable["name"] for variable in contract["variables"]}


def test_the_sandbox_signs_with_a_secret_that_the_backend_knows() -> None:
    """And with the first of two, as trials do."""
    flags = COMPOSE["services"]["sandbox"]["command"]
    (secret,) = (flag.partition("=")[2] for flag in flags if flag.startswith("--webhook-secret="))

    assert secret in environment()["STRIPE_WEBHOOK_SECRET"].split(",")


def test_images_of_others_are_pinned() -> None:
    """What is pulled today is pulled tomorrow."""
    images = {
        service["image"] for service in COMPOSE["services"].values() if "build" not in service
    }

    assert images
    assert all(":" in image and not image.endswith(":latest") for image in images)
