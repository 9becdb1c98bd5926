"""Attachments of a case: looked at and cleaned before they are kept, served after the check."""
