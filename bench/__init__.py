"""What is measured, one command each: see README.md."""
