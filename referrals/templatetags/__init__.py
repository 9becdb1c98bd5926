"""Template tags of step 5 and after."""
