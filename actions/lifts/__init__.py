"""What may be read of lifts: their dates and why, and what would follow from what."""
