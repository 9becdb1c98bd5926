"""The contact book of a school: whom it works with, when they answer, and who looks after it."""
