"""A year of maintenance: contractors, their workers and the units that sign. `benchmarks/soak.py maintenance` plays it."""
