"""What a department reports of a lift and follows: a hazard, or why it cannot be inspected in time."""
