"""Benchmarks of mixd over the wire; `python -m benchmarks --help` says how to run them."""
