"""Searching in cases: by the pupil's name, and in the texts of their records."""
