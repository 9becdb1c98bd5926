"""Inviting more people to a consultation that runs: to a question of a teacher, or anew."""
