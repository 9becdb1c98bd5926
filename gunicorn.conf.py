"""How gunicorn logs: as the program does. gunicorn reads this file where it is started."""

import os

from meldcode.log_lines import FORMATTERS, logging_of

# A wrong one is told by the settings, in the log that this makes.
asked = os.environ.get("LOG_FORMAT", "line")
logconfig_dict = logging_of(asked if asked in FORMATTERS else "line")

# No header says under which address the program stands: gunicorn believes SCRIPT_NAME of a proxy on
# the same machine, which passes on whatever a stranger calls so. Each link of the page then began
# with their word, and one that did not fit was answered without our headers.
forwarder_headers = ""
