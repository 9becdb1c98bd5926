"""The API as it is now. What would break a school's other system comes as ``v2`` beside it."""
