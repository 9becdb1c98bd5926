"""What can be somebody's name: it stands in the first line of mails, to whomever it is sent."""

import re

from django.utils.translation import gettext_lazy as _

from accounts.letters import normal

# What programs for mail make a link of, beside a word with a dot in it.
LINK = re.compile(r"//|@|\bwww\.", re.IGNORECASE)
# A word with a dot in it that is none: "A.B." and "J.-P.".
INITIALS = re.compile(r"(?:\w\.-?)+\w?")
# A dot of other scripts, which browsers read as ours; NFKC knows the others.
OTHER_DOT = "\u3002"
HOLDS_LINK = _("This is more than a name: it holds an address.")


def holds_link(name: str) -> bool:
    """Tell whether a name leads somewhere: by it a mail of ours would lead to a page of others."""
    plain = normal("NFKC", name).replace(OTHER_DOT, ".")
    dotted = (word for word in plain.split() if "." in word.strip(".,;:!?()\"'"))
    return bool(LINK.search(plain)) or not all(INITIALS.fullmatch(word) for word in dotted)
