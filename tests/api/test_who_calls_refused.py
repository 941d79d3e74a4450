"""Who calls: whatever is wrong with init data is 401, and the honest user is let in after."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from billproof.trials import Nobody, Signed, Verbatim, check, clause
from fixtures.api import signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from billproof.initdata import Pairs
    from billproof.trials import Credentials
    from fixtures.api import Api
    from fixtures.users import User

ANOTHER_TOKEN = "7000000009:AAEyAnotherBotEyAnotherBotEyAnotherB"
QUERY_ID = "AAHdF6IQAAAAAN0XohDhrOrc"
NOW = "{now}"
"""Stands for the Unix second at which a recipe is used."""


def check_refused(api: Api, user: User, wrong: Mapping[str, Credentials]) -> None:
    """401 for each of the wrong credentials; 200 for the user's honest ones, before and after."""
    api.subscription(user).expect(200)
    for what, who in wrong.items():
        answer = api.subscription(who)
        answer.show()
        check(f"status for init data with {what}", answer.status, 401)
        answer.expect_problem(401, "unauthenticated")
    api.subscription(user).expect(200)


def changed(user: User, changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Credentials]:
    """The user's init data, broken in each of these ways."""
    return {what: signed(user, **_dated(change)) for what, change in changes.items()}


def _dated(change: Mapping[str, Any]) -> dict[str, Any]:
    now = str(int(time.time()))
    dated = dict(change)
    if "auth_date" in dated:
        dated["auth_date"] = dated["auth_date"].replace(NOW, now)
    replaced: Pairs = change.get("replace", ())
    return {**dated, "replace": tuple((name, text.replace(NOW, now)) for name, text in replaced)}


HASHES: dict[str, dict[str, Any]] = {
    "missing": {"drop": ("hash",)},
    "blank": {"keep_digits": 0},
    "one digit": {"keep_digits": 1},
    "half": {"keep_digits": 32},
    "cut by one": {"keep_digits": 63},
    "first digit": {"flip_digit": 0},
    "middle digit": {"flip_digit": 31},
    "last digit": {"flip_digit": 63},
    "not hexadecimal": {"replace": (("hash", "g" * 64),)},
    "not ASCII": {"replace": (("hash", "é" * 64),)},
    "zeros": {"replace": (("hash", "0" * 64),)},
    "blanks": {"replace": (("hash", " " * 64),)},
}


@clause("AUT-006")
def test_a_hash_is_whole_or_nothing(api: Api, user: User) -> None:
    """Whatever was done to it, it proves nothing."""
    check_refused(api, user, changed(user, HASHES))


@clause("AUT-006")
def test_a_hash_is_its_digits_and_nothing_else(api: Api, user: User) -> None:
    """The right digest is in each of these; some parsers pass over the rest, or stop before it."""
    genuine = user.init_data().sign(api.environ["TELEGRAM_BOT_TOKEN"], time.time())
    [digest] = [part[5:] for part in genuine.split("&") if part.startswith("hash=")]
    first, second = digest[:32], digest[32:]
    written = {
        "a digit behind its hash": f"{digest}0",
        "letters behind its hash": f"{digest}zz",
        "its hash twice in one": digest * 2,
        "a blank within its hash": f"{first} {second}",
        "a bar within its hash": f"{first}_{second}",
        "a prefix of its hash": f"0x{digest}",
        "quotes around its hash": f'"{digest}"',
    }

    raw = {what: genuine.replace(digest, quote(text)) for what, text in written.items()}
    check_refused(api, user, {what: Verbatim(f"tma {one}".encode()) for what, one in raw.items()})


@clause("AUT-007")
def test_another_user_cannot_be_written_in(api: Api, user: User, other: User) -> None:
    """The id under a genuine hash of somebody else."""
    named = json.dumps({"id": other.id, "first_name": other.first_name})

    check_refused(api, user, {"another user": signed(user, replace=(("user", named),))})


CHANGES: dict[str, dict[str, Any]] = {
    "younger": {"age_seconds": 90_000, "replace": (("auth_date", "{now}"),)},
    "changed": {"replace": (("query_id", "AAHdF6IQAAAAAN0XohDhrOrd"),)},
    "blanked": {"replace": (("query_id", ""),)},
    "removed": {"drop": ("query_id",)},
    "added": {"unsigned": (("start_param", "gift"),)},
    "added blank": {"unsigned": (("start_param", ""),)},
    "added signature": {"unsigned": (("signature", "AAAA"),)},
    "unknown added": {"unsigned": (("field_of_tomorrow", "yes"),)},
    # What stands beside the data in a launch's fragment, or in many a link.
    **{
        f"{name} added": {"unsigned": ((name, text),)}
        for name, text in {
            "tgWebAppStartParam": "gift",
            "tgWebAppVersion": "9.1",
            "tgWebAppPlatform": "android",
            "tgWebAppThemeParams": "{}",
            "startapp": "gift",
            "utm_source": "gift",
            "_": "1",
        }.items()
    },
    "signature changed": {
        "extra": (("signature", "AAAA"),),
        "replace": (("signature", "AAAB"),),
    },
    "signature removed": {"extra": (("signature", "AAAA"),), "drop": ("signature",)},
}


@clause("AUT-007")
def test_nothing_can_be_changed_after_signing(api: Api, user: User) -> None:
    """Every field is covered, known or not, blank or not."""
    check_refused(api, user, changed(user, CHANGES))


DOUBLED: dict[str, dict[str, Any]] = {
    "query_id, not signed": {"unsigned": (("query_id", QUERY_ID),)},
    "query_id, signed": {"extra": (("query_id", QUERY_ID), ("query_id", QUERY_ID))},
    "auth_date, signed": {"extra": (("auth_date", "1"),)},
    "blank, not signed": {"extra": (("start_param", ""),), "unsigned": (("start_param", ""),)},
    "blank, signed": {"extra": (("start_param", ""), ("start_param", ""))},
    "unknown, signed": {"extra": (("tomorrow", "1"), ("tomorrow", "2"))},
    "hash, not signed": {"unsigned": (("hash", "0" * 64),)},
    "hash, signed": {"extra": (("hash", "0" * 64),)},
}


@clause("AUT-008")
def test_no_key_may_occur_twice(api: Api, user: User) -> None:
    """Even the same value twice: two parsers may read two users."""
    check_refused(api, user, changed(user, DOUBLED))


@clause("AUT-008")
def test_no_key_may_occur_twice_in_any_place_or_spelling(api: Api, user: User, other: User) -> None:
    """Percent-encoded where it need not be, it is the same key; the hash is one, too."""
    genuine = user.init_data().sign(api.environ["TELEGRAM_BOT_TOKEN"], time.time())
    [mine] = [part for part in genuine.split("&") if part.startswith("user=")]
    [digest] = [part[5:] for part in genuine.split("&") if part.startswith("hash=")]
    his = quote(json.dumps({"id": other.id, "first_name": other.first_name}), safe="")
    spelt = {
        "his own user behind": f"{genuine}&%75ser={mine.removeprefix('user=')}",
        "another user before": f"%75ser={his}&{genuine}",
        "another user behind": f"{genuine}&%75ser={his}",
        "the same hash behind": f"{genuine}&hash={digest}",
        "another hash before": f"hash={'0' * 64}&{genuine}",
    }

    check_refused(api, user, {what: Verbatim(f"tma {raw}".encode()) for what, raw in spelt.items()})


@clause("AUT-008")
def test_no_second_user_may_occur(api: Api, user: User, other: User) -> None:
    """Neither the first nor the last one counts, signed or not, equal or not."""
    doubled = {}
    for name, twin in {"the same": user, "another": other}.items():
        named = (("user", json.dumps({"id": twin.id, "first_name": twin.first_name})),)
        doubled[f"{name} user before, signed"] = signed(user, extra=named)
        doubled[f"{name} user behind, not signed"] = signed(user, unsigned=named)

    check_refused(api, user, doubled)


KEYS: dict[str, dict[str, Any]] = {
    "another bot": {"token": ANOTHER_TOKEN},
    "no token": {"token": ""},
    "login widget": {"key": "login-widget"},
    "login widget without a query": {"key": "login-widget", "extra": ()},
    "swapped arguments": {"key": "swapped"},
    "swapped arguments without a query": {"key": "swapped", "extra": ()},
}


@clause("AUT-009")
def test_another_key_signs_nobody_in(api: Api, user: User) -> None:
    """Only this bot's token, in Telegram's way."""
    # As the widget itself tells who has logged in: by fields of his own, and no user's JSON.
    fields = (("id", str(user.id)), ("first_name", user.first_name), ("username", user.username))
    login = {"key": "login-widget", "extra": fields, "omit": ("user",)}

    check_refused(api, user, changed(user, {**KEYS, "a login": login}))


HEADERS: dict[str, Credentials] = {
    "missing": Nobody(),
    "blank": Verbatim(b""),
    "scheme alone": Verbatim(b"tma"),
    "Bearer": Verbatim(b"Bearer a1b2c3"),
    "Basic": Verbatim(b"Basic dXNlcjpwYXNz"),
    "text": Verbatim(b"tma garbage"),
    "signs": Verbatim(b"tma =&=&&=%&%zz"),
    "hash alone": Verbatim(b"tma hash=" + b"0" * 64),
    "JSON": Verbatim(b'tma {"user":{"id":1}}'),
    "not UTF-8": Verbatim(b"tma user=\xff\xfe&hash=\x80"),
    "escapes not UTF-8": Verbatim(b"tma user=%FF%FE&hash=%80"),
    "NUL": Verbatim(b"tma user=%00&auth_date=%00&hash=%00"),
}


@clause("AUT-010")
def test_a_malformed_header_is_refused(api: Api, user: User) -> None:
    """Never a 5xx, never a user."""
    check_refused(api, user, HEADERS)


@clause("AUT-010")
def test_genuine_data_under_another_scheme_are_refused(api: Api, user: User) -> None:
    """The scheme says how to read what follows."""
    schemes = ("Bearer", "Basic", "tma2", "tm")
    raw = user.init_data().sign(api.environ["TELEGRAM_BOT_TOKEN"], time.time())
    under = {f"the scheme {one}": Signed(user.init_data(), scheme=one) for one in schemes}

    check_refused(api, user, {**under, "no scheme": Verbatim(raw.encode())})


FIELDS: dict[str, dict[str, Any]] = {
    "no date": {"omit": ("auth_date",)},
    "blank date": {"auth_date": ""},
    "text for a date": {"auth_date": "yesterday"},
    "fraction for a date": {"auth_date": "{now}.5"},
    "ISO date": {"auth_date": "2026-11-23T10:00:00Z"},
    "negative date": {"auth_date": "-{now}"},
    "endless date": {"auth_date": "9" * 400},
    "hexadecimal date": {"auth_date": "0x{now}"},
    "grouped date": {"auth_date": "0_{now}"},
    "date with a nought of another script": {"auth_date": "\u0660{now}"},
    "no user": {"omit": ("user",)},
    "receiver alone": {"omit": ("user",), "extra": (("receiver", '{"id": 41}'),)},
    "blank user": {"user_json": ""},
    "text for a user": {"user_json": "Ada"},
    "null": {"user_json": "null"},
    "a list": {"user_json": '[{"id": 41}]'},
    "a number": {"user_json": "41"},
    "no id": {"user_json": '{"first_name": "Ada"}'},
    "id in capitals": {"user_json": '{"ID": 42, "first_name": "Ada"}'},
    "null id": {"user_json": '{"id": null}'},
    "text id": {"user_json": '{"id": "41"}'},
    "boolean id": {"user_json": '{"id": true}'},
    "fraction id": {"user_json": '{"id": 41.5}'},
    "zero id": {"user_json": '{"id": 0}'},
    "negative id": {"user_json": '{"id": -41}'},
    "list id": {"user_json": '{"id": [41]}'},
    "object id": {"user_json": '{"id": {"id": 41}}'},
    "no number": {"user_json": '{"id": NaN}'},
    "endless id": {"user_json": '{"id": 1e999}'},
    "deep": {"user_json": "[" * 1200},
}


@clause("AUT-010")
def test_signed_nonsense_is_refused(api: Api, user: User) -> None:
    """Though the hash is right: no date or no user, no caller."""
    check_refused(api, user, changed(user, FIELDS))
