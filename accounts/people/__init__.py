"""The people of a school: inviting them, giving and ending roles, replacing somebody for a time."""
