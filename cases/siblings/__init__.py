"""Siblings at the same school: a tie that the care team records, and what a page shows of it."""
