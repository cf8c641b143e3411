"""The windows of bureaus and street offices."""
