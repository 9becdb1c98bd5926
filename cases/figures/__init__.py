"""How a school walks the protocol, in figures: for its care team, and what may leave the team."""
