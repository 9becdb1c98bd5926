"""A dossier that another school hands over: taken in, it is a signal of its own (step 1)."""
