"""What can be somebody's name: it stands in the first line of mails, to whomever it is sent."""

import re

from django.utils.translation import gettext_lazy as _

# What a program for mail makes a link of. "A.B. de Vries" holds none.
LINK = re.compile(r"//|@|\bwww\.|\w{2}\.\w{2}", re.IGNORECASE)
HOLDS_LINK = _("This is more than a name: it holds an address.")


def holds_link(name: str) -> bool:
    """Tell whether a name leads somewhere: by it a mail of ours would lead to a page of others."""
    return bool(LINK.search(name))
