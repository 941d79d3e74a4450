"""What a run leaves behind."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NoReturn

from billproof.run.scratch import scratch_folder

if TYPE_CHECKING:
    import pytest


def test_the_folder_is_gone_at_the_end() -> None:
    """With all that is in it."""
    with scratch_folder() as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_text("x")

    assert not folder.exists()


def test_what_cannot_be_removed_spoils_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that is still dying has written into it while it was removed."""

    def refuse(*_path: object, **_how: object) -> NoReturn:
        raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY))

    with scratch_folder() as folder:
        monkeypatch.setattr(os, "rmdir", refuse)

    assert folder.exists()
    monkeypatch.undo()
    folder.rmdir()
