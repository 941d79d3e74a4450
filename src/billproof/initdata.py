"""Signing Telegram init data, honest or broken in one stated way.

Outside rule: https://core.telegram.org/bots/webapps, "Validating data received via the
Mini App": the sorted `key=value` lines of all decoded fields but `hash` (`signature`
stays in) are signed with HMAC-SHA256 under HMAC-SHA256("WebAppData", bot token).
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NoReturn
from urllib.parse import quote

from billproof.errors import UsageError

Pairs = tuple[tuple[str, str], ...]


def _telegram(token: str) -> bytes:
    return hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()


def _swapped(token: str) -> bytes:
    return hmac.new(token.encode(), b"WebAppData", hashlib.sha256).digest()


def _login_widget(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


KEYS: Mapping[str, Callable[[str], bytes]] = MappingProxyType(
    {"telegram": _telegram, "swapped": _swapped, "login-widget": _login_widget}
)
"""How the signing key is derived from the bot token; only the first is right."""


def digest(fields: Pairs, token: str, key: str = "telegram") -> str:
    """The `hash` of decoded `fields` (without `hash`), in lower-case hex."""
    lines = "\n".join(sorted(f"{name}={value}" for name, value in fields))
    return hmac.new(KEYS[key](token), lines.encode(), hashlib.sha256).hexdigest()


def encode(fields: Pairs) -> str:
    """The query string, percent-encoded as Telegram's clients do: a blank is %20."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in fields)


@dataclass(frozen=True)
class InitData:
    """A recipe for init data; the default but for `user_id` is what Telegram sends.

    `extra` fields are signed and stand first, so that a second `user` there repeats a key
    before signing. `unsigned` fields are added last, after signing. `replace` gives fields
    another value after signing (`hash` too), `drop` takes them out after signing, `omit`
    before. Names hold no equals sign.
    """

    user_id: int = 1_000_000_001
    first_name: str = "Ada"
    username: str = "ada"
    language_code: str = "en"
    user_json: str | None = None
    """The whole `user` field as text, instead of the four above."""
    age_seconds: int = 0
    """How old `auth_date` is; negative is ahead of the clock."""
    auth_date: str | None = None
    """`auth_date` as text, instead of an age."""
    extra: Pairs = (("query_id", "AAHdF6IQAAAAAN0XohDhrOrc"),)
    omit: tuple[str, ...] = ()
    replace: Pairs = ()
    unsigned: Pairs = ()
    drop: tuple[str, ...] = ()
    key: str = "telegram"
    token: str | None = None
    """Another bot's token, instead of the backend's."""
    keep_digits: int | None = None
    """Cut the hash to so many digits; None keeps all 64."""
    flip_digit: int | None = None
    """Change the digit of the hash at this place, counted from 0."""

    def sign(self, token: str, now: float) -> str:
        """The raw init data at `now` (Unix seconds), as it stands in the header.

        UsageError when the recipe speaks of a field that is not there: it would change nothing.
        """
        fields = _without(self._fields(now), self.omit)
        signed = (*fields, ("hash", self._hash(fields, token)))
        _present([name for name, _ in self.replace], signed)
        changed = dict(self.replace)
        sent = tuple((name, changed.get(name, value)) for name, value in signed)
        return encode((*_without(sent, self.drop), *self.unsigned))

    def _fields(self, now: float) -> Pairs:
        dated = str(int(now) - self.age_seconds) if self.auth_date is None else self.auth_date
        return (*self.extra, ("user", self._user()), ("auth_date", dated))

    def _hash(self, fields: Pairs, token: str) -> str:
        whole = digest(fields, token if self.token is None else self.token, self.key)
        if self.flip_digit is not None:
            place = self.flip_digit % len(whole)
            whole = f"{whole[:place]}{int(whole[place], 16) ^ 1:x}{whole[place + 1 :]}"
        return whole[: self.keep_digits]

    def _user(self) -> str:
        if self.user_json is not None:
            return self.user_json
        user = {
            "id": self.user_id,
            "first_name": self.first_name,
            "last_name": "",
            "username": self.username,
            "language_code": self.language_code,
            "allows_write_to_pm": True,
        }
        # Telegram's own serialiser escapes slashes, and leaves other letters as they are.
        text = json.dumps(user, ensure_ascii=False, separators=(",", ":"))
        return text.replace("/", "\\/")

    def arguments(self) -> list[str]:
        """The flags of `billproof sign initdata` that make the same recipe."""
        plain = InitData()
        flags: list[str] = []
        for flag, name in SINGLE.items():
            value = getattr(self, name)
            if value != getattr(plain, name):
                flags.append(f"{flag}={value}")
        if self.extra != plain.extra:
            flags += ["--no-query-id", *(f"--field={name}={value}" for name, value in self.extra)]
        for flag, pairs in (("--replace", self.replace), ("--unsigned", self.unsigned)):
            flags += [f"{flag}={name}={value}" for name, value in pairs]
        for flag, names in (("--omit", self.omit), ("--drop", self.drop)):
            flags += [f"{flag}={name}" for name in names]
        return flags


SINGLE: Mapping[str, str] = MappingProxyType(
    {
        "--user": "user_id",
        "--first-name": "first_name",
        "--username": "username",
        "--language": "language_code",
        "--user-json": "user_json",
        "--age": "age_seconds",
        "--auth-date": "auth_date",
        "--key": "key",
        "--token": "token",
        "--keep-digits": "keep_digits",
        "--flip-digit": "flip_digit",
    }
)
"""Flags of `billproof sign initdata` that stand for one attribute each."""

_NUMBERS = frozenset({"user_id", "age_seconds", "keep_digits", "flip_digit"})
_PAIRS = MappingProxyType({"--field": "extra", "--replace": "replace", "--unsigned": "unsigned"})
_NAMES = MappingProxyType({"--omit": "omit", "--drop": "drop"})


def parse_arguments(arguments: Sequence[str]) -> InitData:
    """The recipe that these flags stand for, `arguments()` turned round; UsageError otherwise."""
    parser = _Flags(prog="billproof sign initdata", add_help=False, allow_abbrev=False)
    for flag, name in SINGLE.items():
        kind = int if name in _NUMBERS else str
        choices = tuple(KEYS) if name == "key" else None
        parser.add_argument(flag, dest=name, type=kind, choices=choices, default=argparse.SUPPRESS)
    for flag, name in _PAIRS.items():
        parser.add_argument(flag, dest=name, type=pair, action="append", default=[])
    for flag, name in _NAMES.items():
        parser.add_argument(flag, dest=name, action="append", default=[])
    parser.add_argument("--no-query-id", action="store_true")
    given: dict[str, Any] = vars(parser.parse_args(list(arguments)))
    if not given.pop("no_query_id"):
        given["extra"] = [*InitData().extra, *given["extra"]]
    for name in (*_PAIRS.values(), *_NAMES.values()):
        given[name] = tuple(given[name])
    return InitData(**given)


class _Flags(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(
            f"{message[:1].upper()}{message[1:]}.", "See billproof sign initdata --help."
        )


def _without(fields: Pairs, names: Sequence[str]) -> Pairs:
    _present(names, fields)
    return tuple(field for field in fields if field[0] not in names)


def _present(names: Iterable[str], fields: Pairs) -> None:
    there = {name for name, _ in fields}
    for name in names:
        if name not in there:
            raise UsageError(f"There is no field {name!r} to change or to leave out.")


def pair(text: str) -> tuple[str, str]:
    """`NAME=VALUE` as it stands in a flag; ValueError without an equals sign."""
    name, sign, value = text.partition("=")
    if not sign:
        raise ValueError(f"{text!r} is not of the form NAME=VALUE")
    return name, value
