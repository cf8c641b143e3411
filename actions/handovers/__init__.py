"""A change of the use unit, proposed by one side and confirmed by the other."""
