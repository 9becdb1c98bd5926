"""What somebody with bad intentions tries, one line each, and what happens: see ``table.py``."""
