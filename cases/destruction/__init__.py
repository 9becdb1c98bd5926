"""Destroying what is kept no longer: the list, its two approvals, the job, what stays of it."""
