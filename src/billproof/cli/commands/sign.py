"""`billproof sign`: what expires in a printed curl line, made again now."""

from __future__ import annotations

import os
import sys
import time

import typer

from billproof.cli.app import app
from billproof.errors import UsageError
from billproof.initdata import KEYS, parse_arguments
from billproof.signature import SECRETS_VARIABLE, StripeSignature

TOKEN_VARIABLE = "TELEGRAM_BOT_TOKEN"  # noqa: S105 - the name of a variable

sign = typer.Typer(no_args_is_help=True, help="Sign data for a curl line.")
app.add_typer(sign, name="sign")


@sign.command()
def initdata(  # noqa: PLR0917 - typer passes options by name
    user: int | None = typer.Option(None, help="Telegram id."),
    first_name: str | None = typer.Option(None, help="As Telegram has it."),
    username: str | None = typer.Option(None, help="The same, without @."),
    language: str | None = typer.Option(None, help="Language code, e.g. en."),
    user_json: str | None = typer.Option(None, help="The whole user field instead."),
    age: int | None = typer.Option(None, help="Seconds since auth_date; negative is ahead."),
    auth_date: str | None = typer.Option(None, help="auth_date as it is, instead of an age."),
    key: str | None = typer.Option(None, help=f"How the key is derived: {', '.join(KEYS)}."),
    token: str | None = typer.Option(None, help=f"Another bot's token than ${TOKEN_VARIABLE}."),
    keep_digits: int | None = typer.Option(None, min=0, help="Cut the hash to so many digits."),
    flip_digit: int | None = typer.Option(None, help="Change the hash's digit at this place."),
    field: list[str] = typer.Option([], help="NAME=VALUE, a further signed field."),
    no_query_id: bool = typer.Option(False, "--no-query-id", help="Leave query_id out."),
    omit: list[str] = typer.Option([], help="Field to leave out before signing."),
    replace: list[str] = typer.Option([], help="NAME=VALUE to put in after signing."),
    unsigned: list[str] = typer.Option([], help="NAME=VALUE to add after signing."),
    drop: list[str] = typer.Option([], help="Field to take out after signing."),
) -> int:
    """Print init data, signed now with the bot token of $TELEGRAM_BOT_TOKEN."""
    single = {
        "--user": user,
        "--first-name": first_name,
        "--username": username,
        "--language": language,
        "--user-json": user_json,
        "--age": age,
        "--auth-date": auth_date,
        "--key": key,
        "--token": token,
        "--keep-digits": keep_digits,
        "--flip-digit": flip_digit,
    }
    several = {
        "--field": field,
        "--omit": omit,
        "--replace": replace,
        "--unsigned": unsigned,
        "--drop": drop,
    }
    words = [f"{flag}={value}" for flag, value in single.items() if value is not None]
    words += [f"{flag}={value}" for flag, values in several.items() for value in values]
    recipe = parse_arguments([*words, *(["--no-query-id"] if no_query_id else [])])
    say(recipe.sign("" if token is not None else secret(TOKEN_VARIABLE), time.time()))
    return 0


@sign.command()
def webhook(  # noqa: PLR0917 - typer passes options by name
    age: int = typer.Option(0, help="Seconds since it was signed; negative is ahead."),
    value: list[str] = typer.Option(["0"], help="Number of a secret, wrong, other:TEXT, or none."),
    scheme: str = typer.Option("v1", help="What stands before each digest."),
    keep_digits: int | None = typer.Option(None, min=0, help="Truncate each digest."),
    without_timestamp: bool = typer.Option(False, "--without-timestamp", help="Leave t out."),
    extra: list[str] = typer.Option([], help="Further part behind the rest."),
) -> int:
    """Print the Stripe-Signature header for the body on stdin, with $STRIPE_WEBHOOK_SECRET."""
    environ = {SECRETS_VARIABLE: secret(SECRETS_VARIABLE)}
    recipe = StripeSignature(
        age_seconds=age,
        values=tuple(value),
        scheme=scheme,
        keep_digits=keep_digits,
        without_timestamp=without_timestamp,
        extra=tuple(extra),
    )
    try:
        header = recipe.sign(sys.stdin.buffer.read(), environ, time.time())
    except (ValueError, IndexError):
        known = len(environ[SECRETS_VARIABLE].split(","))
        raise UsageError(f"--value names no secret: there are {known}, from 0 on.") from None
    say(header)
    return 0


def secret(variable: str) -> str:
    """The variable's value; UsageError when it is not set."""
    value = os.environ.get(variable, "")
    if not value:
        raise UsageError(f"{variable} is not set.", "Set it to what the backend runs with.")
    return value


def say(text: str) -> None:
    """Print it exactly as it is: no terminal may wrap or colour it."""
    sys.stdout.write(f"{text}\n")
