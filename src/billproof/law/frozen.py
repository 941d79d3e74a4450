"""What every value of the contract is: frozen, and without unknown members."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value read from the contract."""

    # Docstrings of members go into the schemas that readers in other languages have.
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
