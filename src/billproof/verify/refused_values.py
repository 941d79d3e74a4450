"""Words for a value that no run takes: what it has to be, in the name by which it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError

FLAGS = {
    "deadline_seconds": "--deadline",
    "view.slow_motion_ms": "--slowmo",
    "workers": "-n",
}
"""Those that are not spelled as the setting is."""
_LOOKS = {
    "contract": "looks like 1.0",
    "database_url": "begins with postgresql://",
    "view.locale": "looks like en-GB",
}
_KINDS = {
    "extra_forbidden": "is not known",
    "tuple_type": 'is a list, e.g. ["core", "checkout"]',
    "string_type": "is text, in quotes",
    "path_type": "is text, in quotes",
    "int_parsing": "is a whole number",
    "int_type": "is a whole number",
    "int_from_float": "is a whole number",
    "float_parsing": "is a number",
    "float_type": "is a number",
}
_BOUNDS = {
    "greater_than": "is more than {gt:g}",
    "greater_than_equal": "is at least {ge:g}",
    "less_than_equal": "is at most {le:g}",
    "literal_error": "is {expected}",
}


def setting_told(problem: ValidationError) -> str:
    """What is wrong with a value of `billproof.toml`, without the value: it may be secret."""
    return _told(problem.errors()[0])


def flag_told(problem: ValidationError) -> str:
    """What is wrong with a value of the command line."""
    detail: Any = problem.errors()[0]
    name = _name(detail)
    last = name.rpartition(".")[2].replace("_", "-")
    return _told(detail, FLAGS.get(name, f"--{last}"))


def _told(detail: Any, name: str = "") -> str:
    kind = str(detail["type"])
    said = str(detail["msg"]).removeprefix("Value error, ")
    words = _KINDS.get(kind) or _BOUNDS.get(kind, "").format(**detail.get("ctx", {}))
    if kind == "string_pattern_mismatch":
        words = _LOOKS.get(_name(detail), "")
    if words:
        return f"{name or _name(detail)} {words}."
    return f"{name or _name(detail)}: {said[0].lower()}{said[1:]}."


def _name(detail: Any) -> str:
    return ".".join(str(part) for part in detail["loc"])
