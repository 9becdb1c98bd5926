"""Words that say what somebody thinks, where the facts are asked for: a table, and what is better.

A hint, never a refusal: a signal with such a word is filed like any other. Between quotation marks
stands what somebody said, and there every word is a fact. Each language is looked for whatever the
language of the page: at a Dutch school one writes Dutch.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Opinion:
    """Words of one kind, by language, and what to write instead. A word on ``*`` goes on.

    Letters, spaces and hyphens alone: they stand as they are in a regular expression."""

    advice: Promise
    words: dict[str, tuple[str, ...]]

    @property
    def pattern(self) -> str:
        """Return the words as a regular expression that Python and a browser both read."""
        every = (word for words in self.words.values() for word in words)
        return "|".join(word.replace("*", r"\w*") for word in every)


OPINIONS: tuple[Opinion, ...] = (
    Opinion(
        _("Write what you saw, such as: “handed in no homework this week”."),
        {"nl": ("lui", "luie", "laks", "lakse", "ongemotiveerd*", "gemakzuchtig*"),
         "en": ("lazy", "unmotivated")},
    ),
    Opinion(
        _("Write what was done, such as: “kicked the door twice and shouted”."),
        {"nl": ("agressi*", "gewelddadig*", "onhandelbaar", "onhandelbare"),
         "en": ("aggressive*", "violent", "unmanageable")},
    ),
    Opinion(
        _("Write what was said or done, word for word."),
        {"nl": ("asociaal", "asociale", "brutaal", "brutale", "onbeschoft*", "respectloos",
                "respectloze"),
         "en": ("antisocial", "rude", "disrespectful")},
    ),
    Opinion(
        _("Write how often you saw it, and when."),
        {"nl": ("altijd", "nooit", "constant", "voortdurend"),
         "en": ("always", "never", "constantly")},
    ),
    Opinion(
        _("Write what was different from other days."),
        {"nl": ("raar", "rare", "vreemd", "gek", "gekke", "eigenaardig*"),
         "en": ("weird", "strange", "crazy")},
    ),
    Opinion(
        _("Write what the pupil did or said. What you feel about it has a place of its own."),
        {"nl": ("zielig*", "verwend*", "aansteller*", "aandachttrek*", "dramatisch*"),
         "en": ("pathetic", "spoilt", "attention-seeking")},
    ),
    Opinion(
        _("That is what you make of it, and that has a place of its own on this form."),
        {"nl": ("volgens mij", "ik denk", "ik vermoed", "waarschijnlijk", "ongetwijfeld"),
         "en": ("i think", "i suspect", "probably", "undoubtedly")},
    ),
    Opinion(
        _("The name of an illness is for a doctor. Write what you saw."),
        {"nl": ("adhd", "autistisch*", "depressie*", "hysterisch*", "gestoord*"),
         "en": ("autistic", "depressed", "hysterical")},
    ),
    Opinion(
        _("Write what you saw or heard. Whether it is abuse is weighed later, together."),
        {"nl": ("mishandel*", "verwaarlo*", "misbruikt*", "slechte moeder", "slechte vader",
                "slechte ouders"),
         "en": ("abuse*", "neglect*", "bad mother", "bad father", "bad parents")},
    ),
    Opinion(
        _("Write what was said, and what you know of it yourself."),
        {"nl": ("liegt", "loog", "leugenaar*", "manipul*"), "en": ("liar", "manipulat*")},
    ),
)  # fmt: skip

# What begins a quotation ends the look for the end of one before: of many that nobody ends, each
# would be walked through to the end of the text.
QUOTED = re.compile(r"\"[^\"]*\"|[“„][^”“„]*[”“]")


@dataclass(frozen=True, slots=True)
class Hint:
    """A word that was found, and what to write instead."""

    word: str
    advice: Promise


def hints_in(text: str) -> list[Hint]:
    """Return what could be written otherwise: of each kind the first word that is no quotation."""
    plain = QUOTED.sub(" ", text)
    found = (
        (re.search(rf"(?<!\w)(?:{opinion.pattern})(?!\w)", plain, re.IGNORECASE), opinion)
        for opinion in OPINIONS
    )
    return [Hint(match[0], opinion.advice) for match, opinion in found if match]
