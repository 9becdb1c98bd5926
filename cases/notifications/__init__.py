"""Telling people: once each, by the ways that they chose, with no name and no word of content."""
