"""Init data that were published elsewhere: what Telegram signs is what is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reference_impl.init_data import InvalidInitData, user_id_of

VLADISLAV = 279_058_397

# Published with Telegram's documentation of Mini Apps and with its signing libraries.
FIRST_TOKEN = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8"
FIRST_DATE = 1_662_771_648
FIRST = (
    "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A"
    "%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C"
    "%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648"
    "&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2"
)
SECOND_TOKEN = "7342037359:AAFZehRPBRs8Seg40oDjTMIW8uTGPuW1zfQ"
SECOND_DATE = 1_733_584_787
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
    ("raw", "token", "date"),
    [(FIRST, FIRST_TOKEN, FIRST_DATE), (SECOND, SECOND_TOKEN, SECOND_DATE)],
    ids=["first", "second"],
)


def believed(raw: str, token: str, at: datetime) -> int | None:
    """The user whom the init data prove at this time, if any."""
    try:
        return user_id_of(raw, token, at)
    except InvalidInitData:
        return None


@VECTORS
def test_both_vectors_prove_their_user(raw: str, token: str, date: int) -> None:
    """At their own time, under their own bot's token."""
    at = datetime.fromtimestamp(date, UTC)

    assert believed(raw, token, at) == VLADISLAV
    assert believed(raw, "7000000002:AAtheBotOfTheseTests", at) is None


@VECTORS
@pytest.mark.parametrize(
    ("seconds", "good"),
    [(86_400, True), (86_401, False), (-300, True), (-301, False)],
    ids=["a day", "more than a day", "300 s ahead", "301 s ahead"],
)
def test_both_vectors_are_good_for_a_day(
    *, raw: str, token: str, date: int, seconds: int, good: bool
) -> None:
    """And may come a little before their time: clocks differ."""
    at = datetime.fromtimestamp(date, UTC) + timedelta(seconds=seconds)

    assert (believed(raw, token, at) == VLADISLAV) is good


@VECTORS
def test_no_digit_of_a_hash_can_be_changed(raw: str, token: str, date: int) -> None:
    """Each of the 64 counts, and none may be missing."""
    at = datetime.fromtimestamp(date, UTC)
    start = raw.index("hash=") + len("hash=")
    other = {"0": "1"}
    changed = [
        f"{raw[:place]}{other.get(raw[place], '0')}{raw[place + 1 :]}"
        for place in range(start, start + 64)
    ]
    cut = raw[: start + 63] + raw[start + 64 :]

    assert [one for one in [*changed, cut] if believed(one, token, at)] == []
    assert believed(raw, token, at) == VLADISLAV


@VECTORS
def test_every_field_belongs_to_the_signed_string(raw: str, token: str, date: int) -> None:
    """`signature` too: without any of them, or with one more, the hash is another."""
    at = datetime.fromtimestamp(date, UTC)
    fields = raw.split("&")
    less = ["&".join(one for one in fields if one != left_out) for left_out in fields]

    assert [one for one in [*less, f"{raw}&start_param=x"] if believed(one, token, at)] == []
    assert believed("&".join(reversed(fields)), token, at) == VLADISLAV
