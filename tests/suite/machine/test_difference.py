"""Expected beside got, for eyes."""

from __future__ import annotations

import pytest

from billproof.reports.difference import lines, pieces


def text(expected: str, got: str) -> tuple[str, str]:
    """Both sides, with what differs in brackets."""
    mine, theirs = (
        "".join(piece.text if piece.same else f"[{piece.text}]" for piece in side)
        for side in pieces(expected, got)
    )
    return mine, theirs


@pytest.mark.parametrize(
    ("expected", "got", "marked"),
    [
        ("201", "500", ("[201]", "[500]")),
        ("'past_due'", "'active'", ("'[past_due]'", "'[active]'")),
        (
            "urn:x:problem:gone",
            "urn:x:problem:lost",
            ("urn:x:problem:[gone]", "urn:x:problem:[lost]"),
        ),
        ("ends 2026-12-01", "ends 2026-12-28", ("ends 2026-12-[01]", "ends 2026-12-[28]")),
        ("", "None", ("[]", "[None]")),
        ("x" * 5000, "y", (f"[{'x' * 5000}]", "[y]")),
    ],
)
def test_what_differs_is_marked_word_by_word(
    expected: str, got: str, marked: tuple[str, str]
) -> None:
    """Texts that have little in common are marked whole."""
    assert text(expected, got) == marked


def test_objects_are_compared_line_by_line() -> None:
    """Python's notation and JSON's; the order of members says nothing."""
    compared = lines("{'b': 1, 'a': [True, None]}", '{"a": [true, null], "b": 2}')

    assert [(line.side, line.text) for line in compared if line.side != "both"] == [
        ("expected", '  "b": 1'),
        ("got", '  "b": 2'),
    ]


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ("201", "500"),
        ("{'a': 1}", "None"),
        ("a member 'x'", "members a"),
        ("{", "}" * 9),
        ("{('pro',): 1}", "{('pro',): 2}"),
    ],
)
def test_plain_values_have_no_lines(expected: str, got: str) -> None:
    """They stand side by side."""
    assert lines(expected, got) == []
