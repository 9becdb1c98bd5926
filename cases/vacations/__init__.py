"""The vacations and study days of a school: of its region, out of a file, or set by hand."""
