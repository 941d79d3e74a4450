"""docs/contract/: the law for people to read, made from its data and from a real run's words."""
