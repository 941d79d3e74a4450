"""A request is as openapi.yaml has it, or its trial says that it is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
import pytest

from billproof.initdata import InitData
from billproof.run.record import Outcome
from billproof.targets.protocol import Backend
from billproof.trials import Bearer, Caller, Credentials, Nobody, Signed, Verbatim, journal
from billproof.trials.outcome import outcome_of
from billproof.trials.validity import MisdeclaredRequest, Sent

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

ENVIRON = {"TELEGRAM_BOT_TOKEN": "1:token-of-the-bot", "METRICS_TOKEN": "token-of-the-scraper"}
USER = Signed(InitData(user_id=7))
JSON = {"Content-Type": "application/json"}
CHECKOUT = "/api/v1/billing/checkout"
INVOICES = "/api/v1/billing/invoices"
WEBHOOK = "/api/v1/billing/webhooks/stripe"
DEVICES = "/api/v1/devices"
SIGNED = {**JSON, "Stripe-Signature": "t=1,v1=00"}


@dataclass(frozen=True)
class Asked:
    """What a trial sends."""

    method: str
    path: str
    who: Credentials | None = None
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def by(self, caller: Caller, *, invalid: bool = False) -> int:
        """The status of its answer."""
        return caller.send(
            self.method,
            self.path,
            credentials=self.who,
            headers=self.headers,
            body=self.body,
            invalid=invalid,
        ).status


@pytest.fixture
def seen() -> list[str]:
    """What has come to the backend."""
    return []


@pytest.fixture
def caller(seen: list[str], tmp_path: Path) -> Generator[Caller]:
    """Calls a backend that takes whatever comes."""

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(f"{request.method} {request.url.raw_path.decode()}")
        return httpx.Response(204)

    journal.begin()
    with httpx.Client(transport=httpx.MockTransport(take)) as http:
        yield Caller(Backend("http://127.0.0.1:1", ENVIRON), http, tmp_path)


NAMED = b'{"name": "Living room", "fingerprint": "a1b2c3d4"}'
VALID = {
    "public": Asked("GET", "/api/v1/billing/plans"),
    "public, as somebody": Asked("GET", "/livez", USER),
    "user's": Asked("GET", "/api/v1/billing/subscription", USER),
    "scraper's": Asked("GET", "/metrics", Bearer()),
    "body": Asked("POST", CHECKOUT, USER, b'{"plan": "pro"}', JSON),
    "charset": Asked(
        "POST", CHECKOUT, USER, b'{"plan": "gold"}', {"content-type": "application/JSON; charset=x"}
    ),
    "key": Asked("POST", CHECKOUT, USER, b'{"plan": "p"}', {**JSON, "idempotency-key": "k" * 255}),
    "other headers": Asked("POST", "/api/v1/billing/portal", USER, headers={"Origin": "null"}),
    "query": Asked("GET", f"{INVOICES}?limit=100&cursor=%C3%A9", USER),
    "path": Asked("DELETE", f"{DEVICES}/dev%2F1", USER),
    "event": Asked("POST", WEBHOOK, None, b'{"id": "evt_1", "type": "x", "more": [1]}', SIGNED),
    "patterns": Asked("POST", DEVICES, USER, NAMED, JSON),
}
INVALID = {
    "no path /api/v1/billing": Asked("GET", "/api/v1/billing", USER),
    "no path /api/v1/devices/": Asked("DELETE", f"{DEVICES}/", USER),
    "no method PUT": Asked("PUT", DEVICES, USER),
    "not those of initData": Asked("GET", DEVICES),
    "are not those of initData": Asked("GET", DEVICES, Bearer()),
    "not those of metricsToken": Asked("GET", "/metrics", USER),
    "not those of stripeSignature": Asked("POST", WEBHOOK, None, b'{"id":"e","type":"x"}', JSON),
    "query limit: .* maximum": Asked("GET", f"{INVOICES}?limit=101", USER),
    "query limit: .* 'ten' is not": Asked("GET", f"{INVOICES}?limit=ten", USER),
    "query limit: .* '' is not": Asked("GET", f"{INVOICES}?limit=", USER),
    "query limit is given 2 times": Asked("GET", f"{INVOICES}?limit=1&limit=2", USER),
    "query cursor": Asked("GET", f"{INVOICES}?cursor=", USER),
    "no query limt": Asked("GET", f"{INVOICES}?limt=1", USER),
    "header Idempotency-Key": Asked(
        "POST", CHECKOUT, USER, b'{"plan": "pro"}', {**JSON, "Idempotency-Key": "k" * 256}
    ),
    "the body is missing": Asked("POST", CHECKOUT, USER, b"", JSON),
    "no body": Asked("POST", "/api/v1/billing/portal", USER, b"{}", JSON),
    "no body of type text/plain": Asked(
        "POST", DEVICES, USER, NAMED, {"Content-Type": "text/plain"}
    ),
    "no body of type nothing": Asked("POST", DEVICES, USER, NAMED),
    "not JSON": Asked("POST", CHECKOUT, USER, b"{", JSON),
    "not JSON: NaN": Asked("POST", CHECKOUT, USER, b'{"plan": NaN}', JSON),
    "not JSON: 'utf-8'": Asked("POST", CHECKOUT, USER, b'{"plan": "\xff"}', JSON),
    "not JSON: a member is given twice": Asked(
        "POST", CHECKOUT, USER, b'{"plan": "pro", "plan": "pro"}', JSON
    ),
    "not JSON: .*recursion": Asked("POST", CHECKOUT, USER, b"[" * 100_000, JSON),
    "'plan' is a required property": Asked("POST", CHECKOUT, USER, b"{}", JSON),
    "'price' was unexpected": Asked("POST", CHECKOUT, USER, b'{"plan": "pro", "price": "p"}', JSON),
    "7 is not of type 'string'": Asked(
        "POST", DEVICES, USER, NAMED.replace(b'"a1b2c3d4"', b"7"), JSON
    ),
    "does not match": Asked("POST", DEVICES, USER, NAMED.replace(b"d4", rb"d4\n"), JSON),
    "not of type 'object'": Asked("POST", WEBHOOK, None, b"[]", SIGNED),
}


@pytest.mark.parametrize("asked", VALID.values(), ids=VALID)
def test_what_is_valid_goes_out_without_a_word(
    caller: Caller, seen: list[str], asked: Asked
) -> None:
    """And is not sent by a trial that calls it invalid: it would prove nothing."""
    assert asked.by(caller) == 204

    with pytest.raises(MisdeclaredRequest, match="nothing against it"):
        asked.by(caller, invalid=True)
    assert seen == [f"{asked.method} {asked.path}"]


@pytest.mark.parametrize(("why", "asked"), INVALID.items(), ids=INVALID)
def test_what_is_invalid_goes_out_with_a_word_only(
    caller: Caller, seen: list[str], why: str, asked: Asked
) -> None:
    """Without it the trial is told what is wrong, and nothing is sent."""
    # Its trial is named before, and with it the case.
    with pytest.raises(MisdeclaredRequest, match=f" does not say so: .*{why}"):
        asked.by(caller)
    assert seen == []

    assert asked.by(caller, invalid=True) == 204


@pytest.mark.parametrize(
    "who",
    [Nobody(), Verbatim(b"tma x"), Verbatim(b"Basic x"), Signed(USER.init_data, scheme="Bearer")],
    ids=["nobody", "garbage", "another scheme", "init data under another scheme"],
)
def test_wrong_credentials_speak_for_themselves(caller: Caller, who: Credentials) -> None:
    """No schema can tell a wrong signature; whatever else is sent with them is looked at."""
    path = f"{INVOICES}?limit=1"
    assert Asked("GET", path, who).by(caller) == 204
    assert Asked("GET", f"{path}01", who).by(caller, invalid=True) == 204

    with pytest.raises(MisdeclaredRequest, match="maximum"):
        Asked("GET", f"{path}01", who).by(caller)
    with pytest.raises(MisdeclaredRequest, match="nothing against it"):
        Asked("GET", path, who).by(caller, invalid=True)


def test_it_is_the_suites_fault_and_names_its_trial(caller: Caller) -> None:
    """No verdict comes of it; the request is shown, without the secrets in it."""
    token = ENVIRON["METRICS_TOKEN"]
    with pytest.raises(MisdeclaredRequest) as caught:
        Asked("GET", f"/metrics?token={token}", Nobody()).by(caller)

    told = str(caught.value)
    assert outcome_of(caught.value) is Outcome.ERROR
    assert "test_it_is_the_suites_fault_and_names_its_trial" in told
    assert "GET /metrics?token=" in told
    assert "no query token" in told
    assert token not in told


@pytest.mark.parametrize(
    ("body", "line"),
    [(None, "PUT /a?b=c"), (b'{"d": "\n"}', r'PUT /a?b=c {"d": "\n"}'), (b"x" * 201, "x" * 200)],
)
def test_a_request_is_one_line(body: bytes | None, line: str) -> None:
    """The body as far as it is needed to know it by."""
    told = str(Sent("PUT", "/a?b=c", httpx.Headers(), body))

    assert told.endswith(line)
    assert len(told.splitlines()) == 1
    assert len(told) <= len("PUT /a?b=c ") + 200
