"""The proof that a clause can fail: the reference backend with one defect in it."""
