"""What an ARIA snapshot lacks is said by its outermost parts."""

from __future__ import annotations

import pytest

from fixtures.structure import holds, lacking

WANTED = """\
- main:
  - region "Pro":
    - heading "Pro" [level=1]
  - region "Invoices":
    - list "Invoices":
      - listitem
"""


def test_what_is_there_among_others_is_not_lacking() -> None:
    """Elements around it and beside it are the page's own affair."""
    there = """\
- main:
  - banner:
    - region "Pro":
      - heading "Pro" [level=1]
      - text: €19.00 per month
  - region "Invoices":
    - list "Invoices":
      - listitem:
        - link "View invoice 1":
          - /url: http://127.0.0.1/
"""

    assert lacking(WANTED, there) == []


def test_the_outermost_part_is_told_with_what_is_around_it() -> None:
    """A list without its region is not lacking by itself; a heading of another level is."""
    there = """\
- main:
  - region "Pro":
    - heading "Pro" [level=2]
  - list "Invoices":
    - listitem: one
"""

    assert lacking(WANTED, there) == [
        'heading "Pro" [level=1] in region "Pro" in main',
        'region "Invoices" in main',
    ]


def test_a_name_may_have_words_beside_the_contracts() -> None:
    """In any letter case, for whoever looks and for whoever says what was not there."""
    there = WANTED.replace('"Pro"', '"Your PRO plan"').replace('"Invoices"', '"All invoices"')

    assert lacking(WANTED, there) == []
    assert lacking(WANTED, there.replace("PRO", "P-R-O")) == ['region "Pro" in main']


BETWEEN = """\
- main:
  - region "Pro":
    - group:
      - heading "Pro" [level=1] [active]
  - complementary:
    - region "\\"Invoices\\" of Ada":
      - group:
        - paragraph: newest first
        - list "Invoices":
          - listitem: one
"""


def test_what_stands_between_is_the_pages_own_affair() -> None:
    """A group around a list, a trait beside a level, quotes within a name."""
    assert holds(WANTED, BETWEEN)


@pytest.mark.parametrize(
    "other",
    [
        BETWEEN.replace("list ", "status "),
        BETWEEN.replace("level=1", "level=2"),
        BETWEEN.replace("region", "group"),
        "\n".join(BETWEEN.splitlines()[:1] + BETWEEN.splitlines()[4:] + BETWEEN.splitlines()[1:4]),
        "\n".join(line.removeprefix("    ") for line in BETWEEN.splitlines()),
    ],
    ids=["role", "level", "no regions", "order", "outside"],
)
def test_another_role_level_or_order_is_another_structure(other: str) -> None:
    """As is a list beside its region."""
    assert not holds(WANTED, other)
