"""Faults that the service survives, each with real processes. `make chaos` runs them large."""
