"""What a trial is made of: its clause, its checks, its calls, and the journal they leave."""

from billproof.trials.answer import Answer
from billproof.trials.caller import Caller
from billproof.trials.check import check, check_that, one_of
from billproof.trials.credentials import Bearer, Credentials, Nobody, Signed, Verbatim
from billproof.trials.mark import clause
from billproof.trials.pace import becomes, together

__all__ = [
    "Answer",
    "Bearer",
    "Caller",
    "Credentials",
    "Nobody",
    "Signed",
    "Verbatim",
    "becomes",
    "check",
    "check_that",
    "clause",
    "one_of",
    "together",
]
