"""What an offline, stateful Stripe is: its API, its pages, its webhooks, and the levers on them."""
