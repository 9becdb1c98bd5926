#!/usr/bin/env python
"""Meldcode's command line: `./manage.py help` lists what it can do."""

import gc
import os
import sys

# How many objects Python makes before it searches for cycles. Migrations make models by the ten
# thousand and keep them: searched at its own pace, Python takes a quarter longer over them.
OBJECTS = 50_000


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meldcode.settings")
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
