"""Tests: they mirror the apps; `browser/` drives Chromium."""
