"""A made-up city in which the clock can be moved: no account, no network, nothing leaves the machine."""
