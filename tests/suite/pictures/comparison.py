"""Whether two pictures are the same but for how edges are smoothed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageFilter

if TYPE_CHECKING:
    from pathlib import Path

CLOSE = 8
"""How far apart two channels of 0 to 255 may be: another browser rounds mixed colours otherwise."""
NEAR = 3
"""Pixels, squared: an edge that is smoothed otherwise has its colours in the pixels beside it."""


@dataclass(frozen=True)
class Difference:
    """The pixels of one picture whose like is not even near in the other."""

    mask: Image.Image
    """White where they are."""
    pixels: int
    first: tuple[int, int]
    """Left and top of all of them."""

    def save(self, expected: Path, got: Path, path: Path) -> None:
        """Both pictures and what differs, side by side: expected, got, difference in red."""
        sides = [Image.open(each).convert("RGB") for each in (expected, got)]
        faint = Image.blend(sides[1], Image.new("RGB", sides[1].size, "white"), 0.8)
        faint.paste((255, 0, 0), mask=self.mask.crop((0, 0, *faint.size)))
        sides.append(faint)
        sheet = Image.new("RGB", (sum(s.width for s in sides), max(s.height for s in sides)))
        for number, side in enumerate(sides):
            sheet.paste(side, (sum(s.width for s in sides[:number]), 0))
        sheet.save(path)


def difference(expected: Path, got: Path) -> Difference | None:
    """What differs between two pictures; None when nothing does."""
    one, two = (Image.open(path).convert("RGB") for path in (expected, got))
    size = (max(one.width, two.width), max(one.height, two.height))
    # Where only one of them has pixels, all differ: no page is of this colour.
    one, two = _on(size, one, (255, 0, 255)), _on(size, two, (0, 255, 0))
    mask = ImageChops.lighter(_strange(one, two), _strange(two, one))
    box = mask.getbbox()
    if box is None:
        return None
    return Difference(mask, mask.histogram()[255], box[:2])


def _on(size: tuple[int, int], picture: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    ground = Image.new("RGB", size, colour)
    ground.paste(picture)
    return ground


def _strange(one: Image.Image, two: Image.Image) -> Image.Image:
    """White where `one` has a colour outside those that `two` has there and beside it."""
    above = ImageChops.subtract(one, two.filter(ImageFilter.MaxFilter(NEAR)))
    below = ImageChops.subtract(two.filter(ImageFilter.MinFilter(NEAR)), one)
    red, green, blue = ImageChops.lighter(above, below).split()
    worst = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return worst.point(lambda value: 255 if value > CLOSE else 0)
