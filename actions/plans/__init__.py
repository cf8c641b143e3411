"""Plans of a department's year: made, shown, and what units say to their rounds."""
