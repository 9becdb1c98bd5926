"""When a consultation is held: times proposed, who can, the one agreed, and its calendar file."""
