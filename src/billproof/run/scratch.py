"""Where a run keeps what nobody needs after it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder of its own, removed at the end as far as it can be.

    A process that is still dying may write there meanwhile: what is left over is in the
    system's folder for such things, and spoils no verdict.
    """
    prefix = "billproof-"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
