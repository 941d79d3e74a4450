"""What counts as a difference between two pictures, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.suite.pictures.comparison import difference

SIZE = (120, 90)
WHITE, GREY, BLUE = (255, 255, 255), (224, 224, 224), (20, 97, 176)


def draw(folder: Path, name: str, *, shift: float = 0, line: bool = True, ink: int = 0) -> Path:
    """A disc and a faint line; `shift` is in pixels, and smoothed."""
    scale = 8
    large = Image.new("RGB", (SIZE[0] * scale, SIZE[1] * scale), WHITE)
    pen = ImageDraw.Draw(large)
    begin = (20 + shift) * scale
    colour = (BLUE[0] + ink, *BLUE[1:])
    pen.ellipse((begin, 20 * scale, begin + 40 * scale, 60 * scale), fill=colour)
    picture = large.resize(SIZE, Image.Resampling.BOX)
    if line:
        ImageDraw.Draw(picture).line((5, 75, 115, 75), fill=GREY)
    path = folder / f"{name}.png"
    picture.save(path)
    return path


@pytest.fixture
def usual(tmp_path: Path) -> Path:
    """The picture that is expected."""
    return draw(tmp_path, "usual")


def test_the_same_picture_is_the_same(usual: Path, tmp_path: Path) -> None:
    """Drawn twice."""
    assert difference(usual, draw(tmp_path, "again")) is None


def test_an_edge_may_be_smoothed_otherwise(usual: Path, tmp_path: Path) -> None:
    """Half a pixel is no difference that anybody sees; four are."""
    assert difference(usual, draw(tmp_path, "beside", shift=0.5)) is None

    assert difference(usual, draw(tmp_path, "elsewhere", shift=4)) is not None


def test_a_colour_may_be_rounded_otherwise(usual: Path, tmp_path: Path) -> None:
    """By a few of 255; another colour is another."""
    assert difference(usual, draw(tmp_path, "rounded", ink=4)) is None

    assert difference(usual, draw(tmp_path, "another", ink=24)) is not None


def test_a_faint_line_is_missed(usual: Path, tmp_path: Path) -> None:
    """One pixel high, and hardly darker than its ground; whichever picture has it."""
    without = draw(tmp_path, "without", line=False)

    found, turned = difference(usual, without), difference(without, usual)

    assert found is not None
    assert turned is not None
    assert found.pixels == turned.pixels > 100
    assert found.first[1] == 75


def test_another_size_is_a_difference(usual: Path, tmp_path: Path) -> None:
    """A page that has grown by an empty strip, too."""
    longer = Image.new("RGB", (SIZE[0], SIZE[1] + 3), WHITE)
    longer.paste(Image.open(usual))
    longer.save(tmp_path / "longer.png")

    found = difference(usual, tmp_path / "longer.png")

    assert found is not None
    assert found.pixels >= 3 * SIZE[0]


def test_the_difference_is_drawn_beside_both(usual: Path, tmp_path: Path) -> None:
    """Whoever looks at it needs no other picture."""
    other = draw(tmp_path, "without", line=False)
    found = difference(usual, other)
    assert found is not None

    found.save(usual, other, tmp_path / "sheet.png")

    sheet = Image.open(tmp_path / "sheet.png")
    assert sheet.size == (3 * SIZE[0], SIZE[1])
    assert sheet.getpixel((2 * SIZE[0] + 50, 75)) == (255, 0, 0)
