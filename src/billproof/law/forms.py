"""Files of the contract that are one document each: their models, and with them their schemas."""

from __future__ import annotations

from billproof.law.frozen import Frozen
from billproof.law.tables import AccessTable

FORMS: dict[str, type[Frozen]] = {"tables/access": AccessTable}
"""By the file's name below contracts/, without its suffix."""
