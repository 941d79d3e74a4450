"""A newspaper kiosk that sells subscriptions: Starlette, sqlite3 and threads, and no ORM."""
