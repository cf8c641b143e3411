"""A regulator's list of lifts for a year: taken in, held against the register, split, counted, and seen through."""
