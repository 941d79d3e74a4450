"""Files of the contract that are one document each: their models, and with them their schemas."""

from __future__ import annotations

from billproof.law.frozen import Frozen
from billproof.law.pages import Pages
from billproof.law.tables import AccessTable, EventTable, FailureTable, InvoiceTable

FORMS: dict[str, type[Frozen]] = {
    "pages": Pages,
    "tables/access": AccessTable,
    "tables/events": EventTable,
    "tables/failures": FailureTable,
    "tables/invoices": InvoiceTable,
}
"""By the file's name below contracts/, without its suffix."""
