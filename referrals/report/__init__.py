"""The report to Veilig Thuis: its fields, its draft, facts apart from opinions, and its paper."""
