"""Years of inspection and of self-testing: what a document's cycle brings a lift, from its facts."""
