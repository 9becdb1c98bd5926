"""Who is kept out (conflict of interest), and who is let in for a day (emergency access)."""
