"""The project as an app: it carries the commands that touch several rooms."""

from django.apps import AppConfig


class MeldcodeConfig(AppConfig):
    """Wiring: commands and system checks."""

    name = "meldcode"
