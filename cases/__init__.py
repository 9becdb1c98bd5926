"""The case: its pupil, its five steps, the protocol, the dashboard, the reminders, the dossier."""
