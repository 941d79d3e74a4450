"""Pages with words of their own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from billproof.errors import CannotTest
from fixtures.page_object import PageObject, load_page_object
from fixtures.words import Part, find_by
from tests.suite.sandbox.browsing import started

__all__ = ["started"]

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


@pytest.mark.parametrize(
    "named",
    [
        "no_such_module:X",
        "json:NoSuchClass",
        "builtins:dict",
        ":",
        "torn:X",
        "json:JSONDecodeError",
    ],
)
def test_what_is_no_page_object_is_refused(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is looked at, and with what to do; a module that cannot be read as well."""
    monkeypatch.setattr("sys.path", [*sys.path])
    (tmp_path / "torn.py").write_text("class X(:\n")

    with pytest.raises(CannotTest, match=f"pages = '{named}'.* Name module:Class") as refused:
        load_page_object(named, tmp_path)

    assert refused.value.code == "no-such-pages"


@pytest.fixture
def german(started: Browser) -> Iterator[Page]:
    """A page in German."""
    context = started.new_context()
    page = context.new_page()
    names = ("Noch einmal", "Verwalten", "Hinauf zu Pro", "Hinauf zu Team", "Weg: Radio")
    page.set_content("".join(f"<button>{name}</button>" for name in names))
    yield page
    context.close()


class German(PageObject):
    """Where that page has its buttons."""

    def action(self, page: Page, name: str, plan: str = "Pro") -> Locator:
        """Up, and to the portal."""
        words = f"Hinauf zu {plan}" if name == "upgrade" else "Verwalten"
        return page.get_by_role("button", name=words)

    def try_again(self, page: Page) -> Locator:
        """Once more."""
        return page.get_by_role("button", name="Noch einmal")

    def remove(self, page: Page, device: str) -> Locator:
        """Away with it."""
        return page.get_by_role("button", name=f"Weg: {device}")


@pytest.fixture
def in_german() -> Iterator[None]:
    """A run whose pages are like that one."""
    find_by(German().find)
    yield
    find_by(None)


BUTTONS = {
    "Try again": ["Noch einmal"],
    "Manage": ["Verwalten"],
    "Upgrade to Team": ["Hinauf zu Team"],
    "Upgrade to Free": [],
    "Upgrade": ["Hinauf zu Pro", "Hinauf zu Team"],
    "Remove Radio": ["Weg: Radio"],
    "Register": [],
    "Open": [],
}


@pytest.mark.usefixtures("in_german")
@pytest.mark.parametrize("name", BUTTONS)
def test_what_states_name_is_where_pages_of_other_words_have_it(german: Page, name: str) -> None:
    """A state of pages.yaml shows and hides the same things under other names."""
    assert Part("button", name=name).on(german).all_inner_texts() == BUTTONS[name]


@pytest.mark.usefixtures("in_german")
def test_headings_and_texts_are_the_contracts_own(german: Page) -> None:
    """They are what is judged."""
    german.set_content("<h1>Pro</h1><p>Manage</p>")

    assert Part("heading", name="Pro").on(german).count() == 1
    assert Part("text", text="Manage").on(german).count() == 1
