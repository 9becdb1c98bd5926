"""The demo: two invented schools with their stories, and any number of schools in bulk.

Everybody and everything in here is made up. The texts are Dutch: they are data, not interface.
"""
