"""Whatever is asked, the answer is one that openapi.yaml knows."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from billproof.trials import Nobody, Verbatim, check, check_that, clause, one_of
from fixtures.api import CHECKOUT, METRICS, PLANS, RETURN, SUBSCRIPTION
from fixtures.wire import make_up

if TYPE_CHECKING:
    from pathlib import Path

    from billproof.trials import Answer
    from fixtures.api import Api
    from fixtures.users import User
    from fixtures.wire import Heard

RANDOM_REQUESTS = 8
"""Of each operation, valid and not."""


@clause("WIR-001")
def test_examples_and_boundaries_are_answered_as_written(
    api: Api, user: User, tmp_path: Path
) -> None:
    """The same requests in every run: it is a gate."""
    heard = make_up(("examples", "coverage"), api, user, tmp_path, "--generation-deterministic")

    check_heard(api, heard)


@clause("WIR-002")
def test_random_requests_are_answered_as_written(
    api: Api, user: User, tmp_path: Path, seed: int
) -> None:
    """Others in every run, the same for the same seed; sequences along the links among them."""
    chance = ("--seed", str(seed), "--max-examples", str(RANDOM_REQUESTS))
    heard = make_up(("fuzzing", "stateful"), api, user, tmp_path, *chance)

    check_heard(api, heard)


OUTCOMES = ("processed", "ignored", "duplicate")
POINTER = re.compile(r"#?(/.*)?")
"""Of JSON (RFC 6901), bare or as a fragment: nothing, or words with a slash before each."""


@clause("WIR-001")
def test_what_no_schema_can_say_is_kept_too(api: Api, user: User) -> None:
    """A receipt's outcome is of three words, and what an error points at is pointed at rightly."""
    errors = [api.call("GET", f"{SUBSCRIPTION}/nothing-of-this-name", user, invalid=True)]
    if api.declares("checkout"):
        surplus = api.call("POST", CHECKOUT, user, json_body=SURPLUS, invalid=True)
        errors += [api.checkout(user, "gold"), surplus]
    if api.declares("devices"):
        errors.append(api.register(user, "short", invalid=True))
    for answer in errors:
        pointers = [one.get("pointer", "") for one in answer.document.get("errors", [])]
        wrong = [one for one in pointers if not POINTER.fullmatch(one)]
        check(f"pointers of {answer.call} that are none", wrong, [])
    if api.declares("checkout"):
        check_pointed(surplus, SURPLUS)

    if api.declares("webhooks"):
        event = {"id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": "price.created"}
        for _ in range(2):
            receipt = api.webhook(json.dumps(event)).expect_success()
            outcome = receipt.document.get("outcome", OUTCOMES[0]) if receipt.body else OUTCOMES[0]
            check("outcome of a receipt, where it has one", outcome, one_of(*OUTCOMES))


@clause("WIR-001")
def test_what_no_operation_names_is_ignored(api: Api, user: User) -> None:
    """A parameter against caches, and one of another operation; a charset that JSON has anyway."""
    plain = api.plans().expect(200)["plans"]
    for query in ("_=now", "currency=eur&limit=1", "plan=pro"):
        api.call("GET", f"{SUBSCRIPTION}?{query}", user, invalid=True).expect(200)
        listed = api.call("GET", f"{PLANS}?{query}", invalid=True).expect(200)["plans"]
        check(f"plans with ?{query}", listed, plain)

    if api.declares("checkout"):
        named = {"Content-Type": "application/json; charset=utf-8"}
        body = {"plan": "pro"}
        api.call("POST", CHECKOUT, user, json_body=body, headers=named).expect(201)


SURPLUS = {"plan": "pro", "a/b": 1, "c~d": 2}
"""With members that nobody has asked for, whose names have what parts a pointer."""


def check_pointed(answer: Answer, request: dict[str, object]) -> None:
    """A member that is pointed at, if any is, is one of the request's (RFC 6901).

    By CHK-003 what nobody has asked for is 422 or ignored.
    """
    if answer.expect(201, 422).status == 422:
        answer.expect_problem(422, "validation-failed")
    for error in answer.document.get("errors", []):
        if pointer := error.get("pointer", "").removeprefix("#"):
            name = unquote(pointer.split("/")[1]).replace("~1", "/").replace("~0", "~")
            check_that(
                "what is pointed at", name in request, expected=f"one of {[*request]}", got=pointer
            )


LENGTHS = (66, 255)
"""Of a session's id: Stripe's own, and the longest that openapi.yaml lets through."""


@clause("WIR-001")
def test_a_long_id_of_a_session_leads_back(api: Api) -> None:
    """Whoever has paid is shown the return page, however long the id in its address is."""
    api.only_with("ui")

    for length in LENGTHS:
        session_id = "cs_test_".ljust(length, "a")
        shown = api.call("GET", f"{RETURN}?session_id={session_id}", Nobody())
        shown.show()
        check(f"status of the return page for an id of {length}", shown.status, 200)


@clause("WIR-002")
@pytest.mark.parametrize("scheme", ["tma", "Bearer", "Basic"])
def test_letters_beyond_ascii_break_nothing(api: Api, user: User, scheme: str) -> None:
    """What HTTP lets a header hold, RFC 9110 5.5: refused where it is read, and no 5xx."""
    for letters in ("\u00e9", "\u043f\u0430\u0440\u043e\u043b\u044c", "\u00ff=\u00ff"):
        who = Verbatim(f"{scheme} {letters}".encode())
        asked = [SUBSCRIPTION, *([METRICS] if api.declares("metrics") else [])]
        for path in asked:
            answer = api.call("GET", path, who)
            answer.show()
            refused = 400 <= answer.status < 500
            check_that(f"GET {path} refuses it", refused, expected="4xx", got=answer.status)
    if api.declares("checkout"):
        key = {"Idempotency-Key": "klíč-ключ"}
        keyed = api.call("POST", CHECKOUT, user, json_body={"plan": "pro"}, headers=key)
        keyed.show()
        told = "taken or refused"
        check_that(
            "a checkout with such a key", keyed.status < 500, expected=told, got=keyed.status
        )

    api.subscription(user).expect(200)


HALVES = ("\ud800", "a1b2c3d4\udfff", "\udc00\ud800")
"""Of a character outside the basic plane: JSON can write them, and no encoding of Unicode."""


@clause("WIR-002")
@pytest.mark.parametrize("half", HALVES, ids=["high", "low", "swapped"])
def test_half_a_character_breaks_nothing(api: Api, user: User, half: str) -> None:
    """Where any text may stand: taken or refused, and what is asked afterwards is answered."""
    answers: list[Answer] = []
    if api.declares("checkout"):
        answers.append(api.checkout(user, half))
    if api.declares("devices"):
        answers.append(api.register(user, half, invalid=True))
        # By the letter of JSON Schema it is text: who takes it writes the name as he can.
        answers.append(api.register(user, "a1b2c3d4", half))
        answers.append(api.devices(user).expect(200))
    if api.declares("webhooks"):
        event = {"id": f"evt_{secrets.token_hex(12)}", "object": "event", "type": "invoice.paid"}
        about = {"object": {"object": "invoice", "customer": f"cus_{secrets.token_hex(7)}"}}
        odd = ({"id": event["id"] + half}, {"type": half}, {"data": _halved(about, half)})
        answers += [api.webhook(json.dumps({**event, "data": about, **one})) for one in odd]

    if api.declares("metrics"):
        answers.append(api.metrics().expect(200))
    answers.append(api.subscription(user).expect(200))
    for answer in answers:
        answer.show()
        check_that(
            f"{answer.call} breaks", answer.status < 500, expected="no 5xx", got=answer.status
        )


def _halved(about: dict[str, dict[str, str]], half: str) -> dict[str, dict[str, str]]:
    return {"object": {**about["object"], "customer": about["object"]["customer"] + half}}


def check_heard(api: Api, heard: Heard) -> None:
    """Each operation answered, always, and never with what is not described."""
    asked = [one for one in heard.operations if one != "Stateful tests"]
    check_that(
        "operations that answered",
        len(asked) == len(api.operations),
        expected=f"{len(api.operations)} operations",
        got=", ".join(asked),
    )
    for operation in asked:
        wrong = next((one for one in heard.found if one.operation == operation), None)
        check_that(
            f"answers of {operation}",
            wrong is None,
            expected="what openapi.yaml describes" if wrong is None else wrong.message,
            got="" if wrong is None else f"{wrong.title}: {wrong.answer}\nasked: {wrong.request}",
        )
    others = [one for one in heard.found if one.operation not in asked]
    check_that(
        "answers along the links",
        not others,
        expected="what openapi.yaml describes",
        got="\n".join(f"{one.title}: {one.answer}, asked: {one.request}" for one in others),
    )
