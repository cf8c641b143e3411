"""What benchmarks/dispatch.py measures: our dispatcher, a bare loop that does the same writes, and other queues."""
