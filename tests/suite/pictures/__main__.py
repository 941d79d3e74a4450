"""Takes the pictures anew that tests hold the pages to: `python -m tests.suite.pictures [NAME …]`.

Look at them before they are committed: from then on they are what is right.
"""

from __future__ import annotations

import sys

from tests.suite.pictures.taking import ALL, COMMITTED, browser, take


def main(names: list[str]) -> int:
    """0; 2 for a name that no picture has."""
    unknown = sorted(set(names) - set(ALL))
    if unknown:
        said = f"No picture is called {', '.join(unknown)}: {', '.join(ALL)}."
        print(said, file=sys.stderr)  # noqa: T201 - a program's own words
        return 2
    COMMITTED.mkdir(exist_ok=True)
    with browser() as started:
        for name in names or ALL:
            take(started, name, COMMITTED / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
