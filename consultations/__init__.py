"""Step 2: consultations, invitations, advice; the buurtteam worker's inbox."""
