"""Everything that can happen to the world of services, one function each."""
