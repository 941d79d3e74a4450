"""What happens to subscriptions, invoices and checkout sessions, and when."""
