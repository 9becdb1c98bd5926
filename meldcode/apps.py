"""The project as an app: it carries the commands that touch several rooms."""

from django.apps import AppConfig


class MeldcodeConfig(AppConfig):
    """Wiring: commands and system checks."""

    name = "meldcode"

    def ready(self) -> None:
        """Let the checks register: of a database, once there is one."""
        from meldcode import checks  # noqa: F401 - the checks register
