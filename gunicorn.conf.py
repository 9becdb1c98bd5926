"""How gunicorn logs: as the program does. gunicorn reads this file where it is started."""

import os

from meldcode.log_lines import FORMATTERS, logging_of

# A wrong one is told by the settings, in the log that this makes.
asked = os.environ.get("LOG_FORMAT", "line")
logconfig_dict = logging_of(asked if asked in FORMATTERS else "line")
