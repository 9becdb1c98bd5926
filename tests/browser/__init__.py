"""Full walks in a real browser: one for each role, on a phone and on a desk."""
