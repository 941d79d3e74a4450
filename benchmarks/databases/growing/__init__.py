"""Whether billproof takes more with each test that it has served."""
