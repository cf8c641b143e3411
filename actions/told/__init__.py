"""What was told to whom, and what was answered."""
