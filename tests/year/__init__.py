"""A school year in which everything happens, simulated."""
