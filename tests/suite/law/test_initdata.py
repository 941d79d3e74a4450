"""Init data: signed as Telegram signs, and broken in exactly the way that was asked for."""

from __future__ import annotations

import time
from urllib.parse import parse_qsl

import pytest
from typer.testing import CliRunner

from billproof.cli.commands.sign import sign
from billproof.errors import UsageError
from billproof.initdata import SINGLE, InitData, digest, encode, parse_arguments

TOKEN = "7000000002:AAtheBotOfTheseTests"
NOW = 1_795_444_205.75

# Published with Telegram's documentation of Mini Apps and with its signing libraries.
FIRST_TOKEN = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8"
FIRST = (
    "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A"
    "%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C"
    "%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648"
    "&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2"
)
SECOND_TOKEN = "7342037359:AAFZehRPBRs8Seg40oDjTMIW8uTGPuW1zfQ"
SECOND = (
    "user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F"
    "%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C"
    "%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C%22allows_write_to_pm%22%3A"
    "true%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2F"
    "4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D&chat_instance=8134722200314281151"
    "&chat_type=private&auth_date=1733584787"
    "&hash=2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6"
    "&signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ"
)
VECTORS = pytest.mark.parametrize(
    ("raw", "token"), [(FIRST, FIRST_TOKEN), (SECOND, SECOND_TOKEN)], ids=["first", "second"]
)

RECIPES = {
    "honest": InitData(user_id=41),
    "words": InitData(42, "Zoë + - ? / & = %", "zoe_é", "uk"),
    "raw user": InitData(user_json='{"id": true, "first_name": "a b"}'),
    "no user": InitData(user_json="", omit=("user",)),
    "ahead": InitData(43, age_seconds=-301),
    "text for a date": InitData(44, auth_date="yesterday"),
    "more fields": InitData(45, extra=(("signature", "a=b"), ("blank", ""), ("query_id", "q"))),
    "no further field": InitData(46, extra=()),
    "doubled before": InitData(47, extra=(("user", "{}"), ("query_id", "q"))),
    "doubled after": InitData(48, unsigned=(("auth_date", "1"), ("hash", "0"))),
    "changed": InitData(49, replace=(("user", "{}"), ("hash", "é")), drop=("query_id",)),
    "another bot": InitData(50, token="1:AA-another"),
    "no token": InitData(51, token="", key="swapped"),
    "cut": InitData(52, keep_digits=0),
    "one digit": InitData(53, flip_digit=63),
}
EACH = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)


def fields(raw: str) -> tuple[tuple[str, str], ...]:
    """The decoded fields in order, blank ones too."""
    return tuple(parse_qsl(raw, keep_blank_values=True, strict_parsing=True))


def recomputed(raw: str, token: str, key: str = "telegram") -> str:
    """The hash that belongs to the fields of `raw`."""
    return digest(tuple(one for one in fields(raw) if one[0] != "hash"), token, key)


def sent_hash(raw: str) -> str:
    """The hash that stands in `raw`."""
    return dict(fields(raw))["hash"]


@VECTORS
def test_the_published_vectors_hash_to_their_hash(raw: str, token: str) -> None:
    """Under their own bot's token, and under no other."""
    assert recomputed(raw, token) == sent_hash(raw)
    assert recomputed(raw, TOKEN) != sent_hash(raw)


def test_signature_belongs_to_the_signed_string() -> None:
    """The second vector holds only with it; without it the hash is another."""
    signed = tuple(one for one in fields(SECOND) if one[0] != "hash")
    without = tuple(one for one in signed if one[0] != "signature")

    assert digest(signed, SECOND_TOKEN) == sent_hash(SECOND)
    assert digest(without, SECOND_TOKEN) != sent_hash(SECOND)


@VECTORS
def test_fields_are_encoded_as_telegram_encodes_them(raw: str, token: str) -> None:
    """Decoding and encoding a published vector gives the same bytes."""
    assert token
    assert encode(fields(raw)) == raw


def test_a_recipe_makes_the_first_vector_again() -> None:
    """The signer, not only its digest: all of the string is the same."""
    user = dict(fields(FIRST))["user"]

    recipe = InitData(user_json=user, auth_date="1662771648")

    assert recipe.sign(FIRST_TOKEN, NOW) == FIRST


def test_the_default_is_valid_and_dated_now() -> None:
    """Whole seconds of the clock, the user's id as a number."""
    raw = InitData(user_id=41).sign(TOKEN, NOW)

    assert sent_hash(raw) == recomputed(raw, TOKEN)
    assert dict(fields(raw))["auth_date"] == "1795444205"
    assert '"id":41,' in dict(fields(raw))["user"]


def test_age_counts_back_and_negative_age_ahead() -> None:
    """An age of 300 s is 300 s before the clock."""
    dates = [
        dict(fields(InitData(age_seconds=age).sign(TOKEN, NOW)))["auth_date"] for age in (300, -300)
    ]

    assert dates == ["1795443905", "1795444505"]


@pytest.mark.parametrize("key", ["swapped", "login-widget"])
def test_other_keys_are_other_hashes(key: str) -> None:
    """Each is the hash of its own derivation, and not Telegram's."""
    raw = InitData(user_id=41, key=key).sign(TOKEN, NOW)

    assert sent_hash(raw) == recomputed(raw, TOKEN, key)
    assert sent_hash(raw) != recomputed(raw, TOKEN)


def test_what_is_done_before_signing_is_signed() -> None:
    """Further, blank, doubled and omitted fields leave the hash right."""
    recipe = InitData(
        extra=(("user", "{}"), ("blank", ""), ("signature", "x")), omit=("auth_date",)
    )

    raw = recipe.sign(TOKEN, NOW)

    assert [name for name, _ in fields(raw)] == ["user", "blank", "signature", "user", "hash"]
    assert sent_hash(raw) == recomputed(raw, TOKEN)


@pytest.mark.parametrize(
    "change",
    [
        {"replace": (("user", "{}"),)},
        {"unsigned": (("start_param", "x"),)},
        {"unsigned": (("user", "{}"),)},
        {"drop": ("query_id",)},
    ],
    ids=["replaced", "added", "doubled", "dropped"],
)
def test_what_is_done_after_signing_is_not_signed(change: dict[str, tuple[object, ...]]) -> None:
    """The hash stays that of the honest recipe, and is wrong for what is sent."""
    honest = InitData(user_id=41).sign(TOKEN, NOW)

    raw = InitData(user_id=41, **change).sign(TOKEN, NOW)  # type: ignore[arg-type] # by name

    assert sent_hash(raw) == sent_hash(honest)
    assert sent_hash(raw) != recomputed(raw, TOKEN)


def test_a_hash_is_cut_or_changed_in_one_digit() -> None:
    """And only that: what is left of it is right."""
    whole = sent_hash(InitData().sign(TOKEN, NOW))
    cut = sent_hash(InitData(keep_digits=32).sign(TOKEN, NOW))
    flipped = sent_hash(InitData(flip_digit=63).sign(TOKEN, NOW))

    assert cut == whole[:32]
    assert (flipped[:63], len(flipped)) == (whole[:63], 64)
    assert flipped[63] in set("0123456789abcdef") - {whole[63]}


@pytest.mark.parametrize("change", ["replace", "drop", "omit"])
def test_a_recipe_that_would_change_nothing_is_refused(change: str) -> None:
    """A trial that breaks a field which is not there would prove nothing."""
    value = (("absent", "x"),) if change == "replace" else ("absent",)

    with pytest.raises(UsageError, match="no field 'absent'"):
        InitData(**{change: value}).sign(TOKEN, NOW)  # type: ignore[arg-type] # by name


@EACH
def test_flags_make_the_same_recipe(recipe: InitData) -> None:
    """What a printed line says is what was sent."""
    assert parse_arguments(recipe.arguments()) == recipe


def test_the_honest_recipe_needs_its_user_alone() -> None:
    """Printed lines stay short."""
    assert InitData(user_id=41).arguments() == ["--user=41"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--field", "x"], "--field"),
        (["--age", "soon"], "--age"),
        (["--key", "x"], "--key"),
        (["--colour", "red"], "--colour"),
    ],
    ids=["no value", "no number", "no key", "no flag"],
)
def test_flags_that_mean_nothing_are_refused(arguments: list[str], message: str) -> None:
    """With the flag's name, and without ending the process."""
    with pytest.raises(UsageError, match=message):
        parse_arguments(arguments)


@EACH
def test_the_command_line_makes_the_same_init_data(recipe: InitData) -> None:
    """`billproof sign initdata` prints what the recipe signs, at the time it says."""
    before = int(time.time())

    told = CliRunner().invoke(
        sign, ["initdata", *recipe.arguments()], env={"TELEGRAM_BOT_TOKEN": TOKEN}
    )

    clock = range(before, int(time.time()) + 1)
    assert told.stdout.rstrip("\n") in {recipe.sign(TOKEN, now) for now in clock}


def test_each_single_flag_is_an_attribute() -> None:
    """The table is what the command line is built from."""
    assert set(SINGLE.values()) <= set(InitData.__dataclass_fields__)
