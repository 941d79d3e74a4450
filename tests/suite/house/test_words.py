"""What the tree must not say."""

from __future__ import annotations

import pytest

from tests.suite.house.tree import ROOT, tree_files

# In pieces, so that this file is not its own finding.
FORBIDDEN = (
    "/" + "work" + "/",
    "/" + "root" + "/",
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "proxy." + "golang",
)


def sayings(text: str) -> list[str]:
    """The forbidden words in `text`."""
    return [word for word in FORBIDDEN if word in text]


def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    """Hosts of registries belong into a user's own settings, paths into nobody's."""
    said = {
        str(path): words
        for path in tree_files()
        if (words := sayings((ROOT / path).read_text(encoding="utf-8", errors="replace")))
    }

    assert not said


@pytest.mark.parametrize("word", FORBIDDEN)
def test_a_forbidden_word_is_seen(word: str) -> None:
    """The search finds each word where it stands."""
    assert sayings(f"index-url = https://{word}simple") == [word]
