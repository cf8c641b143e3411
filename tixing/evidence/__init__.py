"""Documents for a case file, made from what actions.evidence reads: PDF, xlsx, and a pack of both."""
