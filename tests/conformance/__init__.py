"""Which requirement is asserted by which tests: the data, and what writes docs/conformance.md from it."""
