"""Evidence for a case file: who was told what, when, by which clause, through which channel, with which receipt."""
