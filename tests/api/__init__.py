"""Tests of the API for other systems of a school."""
