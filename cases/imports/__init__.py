"""Bringing pupils in from the school's administration: a file, a preview, and what it does."""
