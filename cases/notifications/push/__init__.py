"""Web push: that something waits, on the telephone or computer of who asked for it (an option)."""
