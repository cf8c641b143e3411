"""What a unit says of its lifts, and how the department looks into it."""
