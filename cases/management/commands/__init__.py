"""send_reminders."""
