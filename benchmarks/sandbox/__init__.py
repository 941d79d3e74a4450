"""How fast the sandbox is beside other doubles of Stripe, under one load, in one run."""
