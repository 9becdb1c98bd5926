"""The project: settings, URLs, Celery. Wiring only, no domain code."""

from meldcode.celery import app as celery_app

__all__ = ["celery_app"]
