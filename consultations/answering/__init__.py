"""Declining an invitation, and handing it over to a colleague of the same team."""
