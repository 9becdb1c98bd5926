"""What stands between every request and its view (order: ``MIDDLEWARE`` in the settings)."""
