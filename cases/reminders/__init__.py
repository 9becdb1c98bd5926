"""Reminders: a case that stands still is said so, to the right people, once."""
