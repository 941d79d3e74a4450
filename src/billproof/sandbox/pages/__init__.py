"""What a buyer sees: the checkout page, the portal, the hosted invoice and its PDF."""
