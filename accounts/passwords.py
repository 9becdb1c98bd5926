"""What a password must be, in our own words. Nothing of it ever leaves this machine."""

import hashlib
from math import prod
from pathlib import Path

from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import matching
from zxcvbn.matching import L33T_TABLE
from zxcvbn.scoring import most_guessable_match_sequence
from zxcvbn.time_estimates import guesses_to_score

from accounts.models import User

# What is on everybody's mind who makes a password for this program.
OUR_WORDS = ("meldcode", "school", "welkom", "wachtwoord", "zorgteam", "buurtteam", "leerling")
# zxcvbn: 10^10 guesses and more, "safely unguessable". Below, a leaked hash would not hold.
SAFE = 3
# It looks at no more: longer ones are safe by their length, and cost it seconds.
LOOKED_AT = 72
# Of signs that stand for letters; and what stands for none.
MOST_READINGS, NO_LETTER = 12, "¤"
# What zxcvbn looks for in a password as it is typed: it reads no sign as a letter there.
PLAIN_LOOKS = (
    matching.dictionary_match,
    matching.reverse_dictionary_match,
    matching.spatial_match,
    matching.sequence_match,
    matching.regex_match,
    matching.date_match,
)


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Django's own, whose message has no Dutch in this version."""

    def get_error_message(self) -> str:
        """Return what is said of a password that is too short."""
        return _("This is too short: use at least %(length)s characters.") % {
            "length": self.min_length
        }


class GuessableValidator:
    """Refuse what is guessed soon: words and names from breaches, one's own name, runs, dates."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ``ValidationError`` on a password that is guessed soon."""
        own = [*user.name.split(), *user.email.replace("@", ".").split(".")] if user else []
        if _score(password[:LOOKED_AT], [*OUR_WORDS, *own]) < SAFE:
            raise ValidationError(
                _("This is guessed too soon. Take four words that have nothing to do with you."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        """Return the rule as one reads it."""
        return _("Not a word, name, date or pattern that is guessed soon.")


def _score(password: str, own: list[str]) -> int:
    """Return how safe a password is to zxcvbn, of 4; in which few signs are read as letters.

    A sign that is not read as one is still a key beside another, or a number of a date.
    """
    words = matching.build_ranked_dict([word.lower() for word in own])
    known = {**matching.RANKED_DICTIONARIES, "user_inputs": words}
    found = matching.omnimatch(_few_readings(password), _ranked_dictionaries=known)
    for look in PLAIN_LOOKS:
        found += look(password, _ranked_dictionaries=known)
    return guesses_to_score(most_guessable_match_sequence(password, found)["guesses"])


def _few_readings(password: str) -> str:
    """Return a password in which few signs can be read as letters: the first, by as many readings.

    zxcvbn tries each reading of all of them together ("4" and "@" for an a, "1", "!" and "|" for an
    i): of a password of such signs there are thousands, and it takes seconds.
    """
    read: dict[str, set[str]] = {}
    for sign in dict.fromkeys(password):
        letters = [letter for letter, signs in L33T_TABLE.items() if sign in signs]
        more = {letter: read.get(letter, set()) | {sign} for letter in letters}
        if prod(map(len, (read | more).values())) > MOST_READINGS:
            password = password.replace(sign, NO_LETTER)
        else:
            read |= more
    return password


class BreachedValidator:
    """Refuse what stands in the list of breached passwords, where the operator keeps one.

    ``BREACHED_PASSWORDS_FILE`` is searched by halves: a few dozen reads in a file of 40 GB.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ``ValidationError`` on a password that was found in a breach."""
        if settings.BREACHED_PASSWORDS_FILE and breached(
            password, Path(settings.BREACHED_PASSWORDS_FILE)
        ):
            raise ValidationError(
                _("This password was found in a data breach. Take another one."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """Return the rule as one reads it."""
        return _("Not a password that was found in a data breach.")


def breached(password: str, path: Path) -> bool:
    """Tell whether a file of lines ``SHA1:count``, ordered by hash, holds the password's hash."""
    # The list is keyed by SHA-1; nothing is protected by it.
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as lines:
        low, high = 0, path.stat().st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle:
                lines.readline()  # the rest of a line that began before
            line = lines.readline()
            if line and line[:40].upper() < wanted:
                low = middle + 1
            else:
                high = middle
        lines.seek(low)
        if low:
            lines.readline()
        return lines.readline()[:40].upper() == wanted
