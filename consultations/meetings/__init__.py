"""Meetings of the internal care team: an agenda of cases, walked through one by one.

A case that asks for it waits on the agenda of its school until a meeting has dealt with it. It is
tied to no meeting before: so the next one always has all that waits, and what a meeting did not
come to is on the agenda of the one after, by itself.
"""
