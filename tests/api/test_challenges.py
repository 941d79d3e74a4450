"""What a refusal asks for: a problem document, and the scheme by which one is let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from billproof.trials import Nobody, Signed, Verbatim, check_that, clause
from billproof.trials.shape import expect_shape
from fixtures.api import METRICS, SUBSCRIPTION, signed
from fixtures.challenges import schemes

if TYPE_CHECKING:
    from fixtures.api import Api
    from fixtures.operations import Call
    from fixtures.users import User


@clause("AUT-011")
def test_a_refusal_says_so_in_the_words_of_the_web(
    api: Api, user: User, users_operations: list[Call]
) -> None:
    """A problem document (RFC 9457) and a challenge (RFC 9110), on every operation."""
    api.subscription(user).expect(200)
    for call in users_operations:
        for who in (Nobody(), Verbatim(b"tma garbage")):
            refused = api.call(call.method, call.path, who, json_body=call.body)
            refused.expect_problem(401, "unauthenticated")
            expect_shape(refused, call.id)
            asked = schemes(refused)
            named = "tma" in asked
            check_that(
                f"scheme in WWW-Authenticate of {call}", named, expected="tma", got=str(asked)
            )


UNBELIEVED: dict[str, dict[str, Any]] = {
    "that are old": {"age_seconds": 200_000},
    "of the future": {"age_seconds": -3_600},
    "with another hash": {"flip_digit": 5},
    "with a field twice": {"extra": (("start_param", ""), ("start_param", ""))},
    "of nobody": {"omit": ("user",)},
    "of no date": {"omit": ("auth_date",)},
}


OF_A_PAGE = {
    "Accept": "*/*",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-origin",
    "X-Requested-With": "XMLHttpRequest",
}
"""What browsers say of a request that a page has made, and old libraries of theirs."""


@clause("AUT-011")
def test_whatever_is_wrong_is_told_in_the_same_words(api: Api, user: User) -> None:
    """Whether init data are old, torn or another scheme's; and a token that is none.

    A page hears the same as a program: no browser has a dialog of its own for this scheme.
    """
    api.subscription(user).expect(200)
    wrong = {what: signed(user, **change) for what, change in UNBELIEVED.items()}
    wrong["of another scheme"] = Signed(user.init_data(), scheme="Bearer")
    for what, who in wrong.items():
        refused = api.subscription(who).expect_problem(401, "unauthenticated")
        asked = schemes(refused)
        said = f"scheme in WWW-Authenticate for init data {what}"
        check_that(said, "tma" in asked, expected="tma", got=str(asked))
    refused = api.call("GET", SUBSCRIPTION, Nobody(), headers=OF_A_PAGE)
    asked = schemes(refused.expect_problem(401, "unauthenticated"))
    said = "scheme in WWW-Authenticate for a page in a browser"
    check_that(said, "tma" in asked, expected="tma", got=str(asked))
    if api.declares("metrics"):
        refused = api.call("GET", METRICS, Verbatim(b"Bearer another"))
        asked = schemes(refused.expect_problem(401, "unauthenticated"))
        check_that("WWW-Authenticate of /metrics", asked != [], expected="a scheme", got="none")
