"""Commands that touch several rooms."""
