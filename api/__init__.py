"""What other systems of a school may send and ask: their tokens, and the API that takes these."""
