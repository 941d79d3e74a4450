"""Pictures of what many tests in a row take, one for each figure."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pygal
from pygal.style import Style

from benchmarks.databases.figures import Block, Results

# Its finder of plugins is of Python 2's kind: each import that fails would warn of it from now on.
sys.meta_path[:] = [each for each in sys.meta_path if not isinstance(each, pygal.PluginImportFixer)]

PLOTS: dict[str, tuple[str, Callable[[Block], float]]] = {
    "databases-time.svg": ("Median ms of a test", lambda block: block.median_ms),
    "databases-ratio.svg": (
        "A test's time to that of a bare body",
        lambda block: block.median_ms / block.bare_ms,
    ),
    "databases-memory.svg": ("MB of memory", lambda block: block.resident_mb),
    "databases-handles.svg": ("Open files", lambda block: block.handles),
    "databases-size.svg": ("kB of the database", lambda block: block.database_kb),
}
"""By the name of the file: the title, and what is drawn of each block."""


def plots(results: Results) -> dict[str, bytes]:
    """SVG, by the name of its file; none when there is nothing to draw."""
    return {
        name: _plot(results, title, figure)
        for name, (title, figure) in PLOTS.items()
        if results.growths
    }


def _plot(results: Results, title: str, figure: Callable[[Block], float]) -> bytes:
    chart = pygal.Line(
        title=title,
        x_title="tests",
        style=Style(background="white", plot_background="white"),
        js=(),
        include_x_axis=True,
        width=720,
        height=360,
        show_minor_x_labels=False,
        x_labels_major_every=5,
    )
    sizes = [(growth.size, len(growth.blocks)) for growth in results.growths]
    size, count = max(sizes, key=lambda each: each[1])
    chart.x_labels = [str(size * (number + 1)) for number in range(count)]
    for growth in results.growths:
        chart.add(growth.driver, [round(figure(block), 3) for block in growth.blocks])
    chart.add_xml_filter(_without_scripts)
    return bytes(chart.render())


def _without_scripts(root: Any) -> Any:
    """A picture in a repository has nothing to run."""
    for parent in list(root.iter()):
        for script in parent.findall("{*}script"):
            parent.remove(script)
    return root
