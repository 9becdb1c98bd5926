"""Step 5 and after: decisions, help plans, referrals and feedback."""
