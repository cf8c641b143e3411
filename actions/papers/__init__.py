"""What stands in the documents that people print and sign."""
