"""Pages with words of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billproof.errors import UsageError
from fixtures.page_object import PageObject, load_page_object

if TYPE_CHECKING:
    from pathlib import Path

OTHER = """
from fixtures.page_object import PageObject

class Seiten(PageObject):
    def try_again(self, page):
        return page.get_by_role("button", name="Noch einmal")
"""


def test_the_contracts_words_need_no_file(tmp_path: Path) -> None:
    """What is not named is as pages.yaml says."""
    assert type(load_page_object(None, tmp_path)) is PageObject


def test_a_subclass_is_taken_from_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From where the run was started."""
    monkeypatch.setattr("sys.path", ["/nowhere"])
    (tmp_path / "seiten.py").write_text(OTHER)

    made = load_page_object("seiten:Seiten", tmp_path)

    assert isinstance(made, PageObject)
    assert type(made).__name__ == "Seiten"


@pytest.mark.parametrize("named", ["no_such_module:X", "json:NoSuchClass", "builtins:dict", ":"])
def test_what_is_no_page_object_is_refused(named: str, tmp_path: Path) -> None:
    """Before anything is looked at."""
    with pytest.raises(UsageError, match="pages = "):
        load_page_object(named, tmp_path)
