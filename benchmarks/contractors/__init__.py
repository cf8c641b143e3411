"""A year of maintenance: contractors, workers, and the units that sign. `benchmarks/soak.py maintenance` plays it."""
