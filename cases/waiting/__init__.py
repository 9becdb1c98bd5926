"""Waiting on purpose: a case is put off for a time, with a reason, and nobody is reminded of it."""
