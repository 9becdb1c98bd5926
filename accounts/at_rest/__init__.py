"""What lies on disk is encrypted with keys that are not in the database: texts and files."""
