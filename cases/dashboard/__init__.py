"""The coordinator's dashboard: a board and a list of cases, filters, search, saved views."""
