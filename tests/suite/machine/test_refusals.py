"""A capability that is not declared must be refused cleanly."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from billproof.law import Capability, Operation
from billproof.targets.protocol import Backend
from billproof.verify.refusals import refusals

Serve = Callable[[dict[str, Any]], AbstractContextManager[str]]
DEVICES = Capability(
    name="devices",
    prefixes=("DEV",),
    text="x.",
    operations=(
        Operation(id="listDevices", method="GET", path="/api/v1/devices"),
        Operation(id="revokeDevice", method="DELETE", path="/api/v1/devices/{device_id}"),
    ),
)


def unclean(url: str) -> str | None:
    """What is said of the devices at `url`; None when they are refused cleanly."""
    environ = {"TELEGRAM_BOT_TOKEN": "7:AA"}
    finding = refusals(Backend(url, environ), [DEVICES], 5)["devices"]
    return f"{finding.what}, got {finding.got}" if finding else None


@pytest.mark.parametrize("status", [401, 404, 405])
def test_a_clean_refusal_is_one_of_three(server: Serve, status: int) -> None:
    """For nobody and for a signed-in user alike."""
    answers: dict[str, Any] = {
        "/api/v1/devices": (status, {}, b""),
        "/api/v1/devices/none": (status, {}, b""),
    }
    with server(answers) as url:
        assert unclean(url) is None


@pytest.mark.parametrize("status", [200, 204, 403, 422, 500, 501])
def test_anything_else_is_not_clean(server: Serve, status: int) -> None:
    """The operation and the answer are named."""
    with server({"/api/v1/devices": (status, {}, b"")}) as url:
        assert "GET /api/v1/devices by nobody" in str(unclean(url))
        assert f"got status {status}" in str(unclean(url))


def test_each_operation_is_tried(server: Serve) -> None:
    """The last one too, with something in the place of its parameter."""
    with server({"/api/v1/devices/none": (200, {}, b"")}) as url:
        assert "DELETE /api/v1/devices/{device_id}" in str(unclean(url))
