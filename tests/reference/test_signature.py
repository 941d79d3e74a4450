"""Whether bytes come from Stripe."""

from __future__ import annotations

import hmac

import pytest
import stripe as sdk

from billproof.signature import StripeSignature
from reference_impl.signature import is_genuine

SECRETS = ("whsec_new", "whsec_old")
ENVIRON = {"STRIPE_WEBHOOK_SECRET": ",".join(SECRETS)}
NOW = 1_795_444_205
BODY = '{"id": "evt_1", "text": "é"}\n'.encode()

GOOD = {
    "plain": StripeSignature(),
    "second secret": StripeSignature(values=("1",)),
    "both secrets": StripeSignature(values=("0", "1")),
    "a wrong one besides": StripeSignature(values=("wrong", "0")),
    "another scheme besides": StripeSignature(extra=("v0=00", "v2=00", "nonsense")),
    "letters besides": StripeSignature(extra=("v1=é",)),
    "300 s old": StripeSignature(age_seconds=300),
    "60 s ahead": StripeSignature(age_seconds=-60),
}
BAD = {
    "301 s old": StripeSignature(age_seconds=301),
    "a year old": StripeSignature(age_seconds=365 * 86_400),
    "nobody's secret": StripeSignature(values=("wrong",)),
    "no digest": StripeSignature(values=()),
    "another scheme": StripeSignature(scheme="v0"),
    "half a digest": StripeSignature(keep_digits=32),
    "all but a digit": StripeSignature(keep_digits=63),
    "empty digest": StripeSignature(keep_digits=0),
    "no time": StripeSignature(without_timestamp=True),
    "no number for a time": StripeSignature(without_timestamp=True, extra=("t=now",)),
    "another time": StripeSignature(without_timestamp=True, extra=("t=1795444200",)),
    "two times": StripeSignature(extra=("t=1795444205",)),
}


def header_of(recipe: StripeSignature, body: bytes = BODY) -> str:
    """The header that the recipe makes now."""
    return recipe.sign(body, ENVIRON, NOW)


@pytest.mark.parametrize("recipe", GOOD.values(), ids=GOOD)
def test_a_signature_of_stripes_is_believed(recipe: StripeSignature) -> None:
    """For the very bytes, and for no others."""
    header = header_of(recipe)

    assert is_genuine(BODY, header, SECRETS, NOW)
    assert not is_genuine(BODY.strip(), header, SECRETS, NOW)
    assert not is_genuine(BODY, header, ("whsec_other",), NOW)


@pytest.mark.parametrize("recipe", BAD.values(), ids=BAD)
def test_any_other_signature_is_refused(recipe: StripeSignature) -> None:
    """What is missing, cut, old or another's."""
    assert not is_genuine(BODY, header_of(recipe), SECRETS, NOW)


@pytest.mark.parametrize("header", ["", ",", "=", "t", "t=,v1=", "v1=t", "t=1,t=1", "é=é"])
def test_what_is_no_signature_is_refused(header: str) -> None:
    """Without an error."""
    assert not is_genuine(BODY, header, SECRETS, NOW)


def test_a_time_of_many_digits_is_no_error() -> None:
    """Python reads no whole number of more than 4,300."""
    stamp = "9" * 5_000
    signed = hmac.new(SECRETS[0].encode(), stamp.encode() + b"." + BODY, "sha256").hexdigest()

    assert is_genuine(BODY, f"t={stamp},v1={signed}", SECRETS, NOW)


def test_an_empty_body_can_be_signed() -> None:
    """What it says is another question."""
    assert is_genuine(b"", header_of(StripeSignature(), b""), SECRETS, NOW)


def test_the_official_library_believes_the_same() -> None:
    """The recipe of these tests signs as Stripe does, and breaks what it says it breaks."""
    body = BODY.decode()

    assert sdk.WebhookSignature.verify_header(body, header_of(StripeSignature()), SECRETS[0])
    with pytest.raises(sdk.SignatureVerificationError):
        sdk.WebhookSignature.verify_header(body, header_of(StripeSignature()), SECRETS[1])
