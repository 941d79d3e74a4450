"""Pictures of what many tests in a row take, one for each figure."""

from __future__ import annotations

from collections.abc import Callable

import pygal
from pygal.style import CleanStyle

from benchmarks.databases.figures import Block, Results

PLOTS: dict[str, tuple[str, Callable[[Block], float]]] = {
    "databases-time.svg": ("Median ms of a test", lambda block: block.median_ms),
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
        style=CleanStyle,
        js=(),
        include_x_axis=True,
        width=720,
        height=360,
        show_minor_x_labels=False,
        x_labels_major_every=5,
        disable_xml_declaration=False,
    )
    sizes = [(growth.size, len(growth.blocks)) for growth in results.growths]
    size, count = max(sizes, key=lambda each: each[1])
    chart.x_labels = [str(size * (number + 1)) for number in range(count)]
    for growth in results.growths:
        chart.add(growth.driver, [round(figure(block), 3) for block in growth.blocks])
    return bytes(chart.render())
