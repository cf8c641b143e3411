"""What benchmarks/soak.py does: workers that are killed and cut off, providers that record and check, and verdicts."""
