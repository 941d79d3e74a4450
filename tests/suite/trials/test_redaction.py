"""No secret leaves a run."""

from __future__ import annotations

from billproof.trials.redaction import Redactor

ENVIRON = {
    "STRIPE_SECRET_KEY": "sk_test_4711",
    "STRIPE_WEBHOOK_SECRET": "whsec_a,whsec_a_longer",
    "TELEGRAM_BOT_TOKEN": "123:AAx",
    "METRICS_TOKEN": "letmein",
    "PUBLIC_URL": "http://127.0.0.1:9",
}


def test_values_of_secret_variables_become_their_names() -> None:
    """Each part of a list of secrets too, the longer one first."""
    told = Redactor(ENVIRON).text(
        "sk_test_4711 whsec_a whsec_a_longer 123:AAx letmein http://127.0.0.1:9"
    )

    names = [
        "STRIPE_SECRET_KEY",
        *["STRIPE_WEBHOOK_SECRET"] * 2,
        "TELEGRAM_BOT_TOKEN",
        "METRICS_TOKEN",
    ]
    assert told == " ".join([*(f"<{name}>" for name in names), "http://127.0.0.1:9"])


def test_a_secret_in_other_letter_case_is_told_to_be_that() -> None:
    """A trial sends it so, in vain as it hopes: no reader may take it for the right one."""
    redactor = Redactor({"METRICS_TOKEN": "Between-Friends"})

    told = redactor.text("Bearer BETWEEN-FRIENDS, Bearer Between-Friends")

    assert told == "Bearer <METRICS_TOKEN in other letter case>, Bearer <METRICS_TOKEN>"


def test_a_blank_secret_replaces_nothing() -> None:
    """A backend started with a blank secret must not turn reports into noise."""
    assert Redactor({"METRICS_TOKEN": ""}).text("plain text") == "plain text"


def test_init_data_and_signatures_are_taken_out_of_headers() -> None:
    """Who called stays visible, what would let you call again does not."""
    hidden = Redactor(ENVIRON).headers(
        [
            ("authorization", "tma user=%7B%22id%22%3A1%7D&hash=abc"),
            ("Stripe-Signature", f"t=1700000000,v1={'0a' * 32}"),
            ("Accept", "*/*"),
        ]
    )

    assert hidden == [
        ("authorization", "tma <init data>"),
        ("Stripe-Signature", "t=1700000000,v1=<signature>"),
        ("Accept", "*/*"),
    ]
