"""One year of an inspection institute, under the clock; benchmarks/soak.py says how it is run."""
