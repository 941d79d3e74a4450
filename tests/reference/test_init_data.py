"""Init data that are signed and yet prove nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from billproof.initdata import InitData
from reference_impl.init_data import InvalidInitData, user_id_of
from tests.reference.backend import ADA

TOKEN = "7000000002:AAtheBotOfTheseTests"
NOW = datetime(2026, 11, 23, 14, 30, 5, tzinfo=UTC)

REFUSED = {
    "another bot": InitData(ADA, token="1:AA-another"),
    "login widget": InitData(ADA, key="login-widget"),
    "swapped": InitData(ADA, key="swapped"),
    "no hash": InitData(ADA, drop=("hash",)),
    "no digits": InitData(ADA, keep_digits=0),
    "hash in other letters": InitData(ADA, replace=(("hash", "é" * 64),)),
    "no date": InitData(ADA, omit=("auth_date",)),
    "text for a date": InitData(ADA, auth_date="yesterday"),
    "date in other digits": InitData(ADA, auth_date="١٧٩٥٤٤٤٢٠٥"),
    "date beyond all years": InitData(ADA, auth_date="9" * 30),
    "date of more digits than a number may have": InitData(ADA, auth_date="9" * 5000),
    "no user": InitData(omit=("user",)),
    "user is no JSON": InitData(user_json="{"),
    "user is a list": InitData(user_json="[]"),
    "user of many brackets": InitData(user_json="[" * 200_000),
    "user without an id": InitData(user_json='{"first_name":"Ada"}'),
    "id is text": InitData(user_json=f'{{"id":"{ADA}"}}'),
    "id is true": InitData(user_json='{"id":true}'),
    "id is a fraction": InitData(user_json='{"id":41.5}'),
    "id is zero": InitData(0),
    "id is negative": InitData(-ADA),
    "id beyond 52 bits": InitData(2**52),
    "two fields in one": InitData(ADA, extra=(("start_param", "a\nsignature=b"),)),
    "doubled before signing": InitData(ADA, extra=(("user", "{}"),)),
    "doubled after signing": InitData(ADA, unsigned=(("user", f'{{"id":{ADA}}}'),)),
}
BELIEVED = {
    "plain": InitData(ADA),
    "more fields": InitData(ADA, extra=(("signature", "a=b"), ("blank", ""), ("new", "x"))),
    "words": InitData(ADA, "Zoë + - ? / & = %", "zoe_é", "uk"),
    "last of 52 bits": InitData(2**52 - 1),
}


@pytest.mark.parametrize("recipe", BELIEVED.values(), ids=BELIEVED)
def test_what_telegram_signs_is_believed(recipe: InitData) -> None:
    """Whatever fields there are, and whatever they hold."""
    raw = recipe.sign(TOKEN, NOW.timestamp())

    assert user_id_of(raw, TOKEN, NOW) == recipe.user_id


def test_a_plus_that_is_written_as_itself_is_a_plus() -> None:
    """Percent-decoded once (AUT-003), and nothing else: no form is sent here."""
    raw = BELIEVED["words"].sign(TOKEN, NOW.timestamp())
    assert "%2B" in raw

    assert user_id_of(raw.replace("%2B", "+"), TOKEN, NOW) == ADA


@pytest.mark.parametrize("recipe", REFUSED.values(), ids=REFUSED)
def test_what_proves_nobody_is_refused(recipe: InitData) -> None:
    """With the one error that it has for everything."""
    raw = recipe.sign(TOKEN, NOW.timestamp())

    with pytest.raises(InvalidInitData):
        user_id_of(raw, TOKEN, NOW)


@pytest.mark.parametrize("raw", ["", "&", "=", "hash", "hash=%FF", "%FF=1", "x" * 100_000])
def test_what_is_no_init_data_is_refused(raw: str) -> None:
    """Bytes that are no UTF-8, too."""
    with pytest.raises(InvalidInitData):
        user_id_of(raw, TOKEN, NOW)


@pytest.mark.parametrize(
    "doubled",
    ["user=%7B%22id%22%3A42%7D&{raw}", "{raw}&user=%7B%22id%22%3A42%7D", "auth_date=1&{raw}"],
    ids=["user before", "user behind", "date before"],
)
def test_neither_of_two_values_counts(doubled: str) -> None:
    """Though the hash fits one of them: two parsers may pick different ones."""
    raw = InitData(ADA).sign(TOKEN, NOW.timestamp())

    with pytest.raises(InvalidInitData):
        user_id_of(doubled.format(raw=raw), TOKEN, NOW)

    assert user_id_of(raw, TOKEN, NOW) == ADA
