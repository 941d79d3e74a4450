"""The law: what every backend must do, as data that any language can read."""
