"""Work behind the pages: what runs, when, for how long at most, and what became of it."""
