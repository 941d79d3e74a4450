"""A call has one name in every run."""

from __future__ import annotations

import pytest

from billproof.trials.operations import call_name


@pytest.mark.parametrize("device", ["dev_18ec2b004ac1", "%2A", "a%2Fb"])
def test_an_id_in_a_path_goes_by_its_name(device: str) -> None:
    """No two runs have an id in common, and their checks are compared."""
    assert call_name("DELETE", f"/api/v1/devices/{device}") == "DELETE /api/v1/devices/{device_id}"


@pytest.mark.parametrize("path", ["/api/v1/devices", "/metrics", "/api/v1/devices/a/b", "/"])
def test_any_other_path_stays_as_it_is(path: str) -> None:
    """Declared or not, with any method."""
    assert call_name("PUT", path) == f"PUT {path}"
