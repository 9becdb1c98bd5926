"""Who: users, schools, buurtteams, memberships, and THE table of roles and permissions."""
