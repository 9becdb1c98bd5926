"""The help page of a school: what it says of organisations, training and reading, as data.

A school that never edits it has the texts of the house (``defaults``), in both languages and as
they are improved. An administrator who wants others first makes the list the school's own: that
copies it into rows. So nothing is written by looking, no new school has to be filled, and no text
that a school wrote is ever replaced.
"""
