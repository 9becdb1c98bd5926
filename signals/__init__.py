"""Step 1: signals, their categories, and quick logging."""
