"""What a developer sees: the accounts, and all that has happened in each."""
