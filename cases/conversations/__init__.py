"""Step 3: preparing the talk, and recording it."""
