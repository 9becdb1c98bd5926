"""THE table of what a dossier holds, for whom, and what is left out on which ground.

Source: docs/protocol.md, "Records, privacy, rights": whoever has a right to see gets what is about
the pupil; left out is what would harm the pupil, somebody else's privacy, or an informant who may
stay unnamed. Handing over takes what the receiver needs, and no more.

Every line of a dossier is *about* something (``cases.dossier.fields``). What is left out for whom
stands in ``LEFT_OUT`` alone; whose names are taken out of free texts, in the variant's row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class About(StrEnum):
    """What a line of a dossier is about."""

    # The pupil, the family, and what was done: free texts, in which others may be named.
    PUPIL = "pupil"
    # Who of the school or of a partner: names and functions.
    STAFF = "staff"
    # Who told it, and may stay unnamed.
    SOURCE = "source"
    # That somebody else told it, without who.
    BY_OTHERS = "by_others"
    # What the pupil said without the parents.
    CONFIDED = "confided"
    # What stands in a signal in which the pupil told something, or somebody else did; and what was
    # said in a talk with parents, with the pupil or without.
    CHILD_TOLD = "child_told"
    OTHERS_TOLD = "others_told"
    JOINT_TALK = "joint_talk"
    PARENT_TALK = "parent_talk"
    # What one parent stated: who asks may be the other, and the one of whom it speaks. Nor is it
    # for the pupil, as little as what they say in a talk.
    STATED = "stated"
    # Why the parents are not spoken to, and what they are not told of.
    SAFETY = "safety"
    # What pupil and parents do not know of: a report without them, or without the school's name.
    UNTOLD = "untold"
    # Why the reporter stays unnamed towards the family.
    REPORTER = "reporter"
    # Files as they are: nobody can take a name out of a picture.
    FILE = "file"
    # A record as it went along with a question, whatever it is about: it stands in the dossier
    # itself, as far as its reader may have it.
    COPY = "copy"
    # A version that a correction replaced: it can hold a source or a name that was taken out.
    REPLACED = "replaced"
    # What the house keeps of itself: who looked, who was kept out, where the case stands and how
    # urgent that is (all records make it, also those that are left out), what is asked next.
    HOUSE = "house"


class Ground(StrEnum):
    """Why something is left out. Its letter stands where it was; the paper says what it means.

    For pupil and parents what is left out on those of ``WITHOUT_SIGN`` leaves no sign, no label and
    no gap: that a child told it, or that there is a report, would be read by where it stands.
    """

    OTHERS = "A"
    SOURCE = "B"
    PUPIL = "C"
    NEEDED = "D"


WITHOUT_SIGN = frozenset({Ground.SOURCE, Ground.PUPIL})

GROUNDS: dict[Ground, Promise] = {
    Ground.OTHERS: _(
        "The privacy of somebody else: names of colleagues, of other pupils and of who works "
        "elsewhere; what one parent stated, towards the other (AVG, article 15, paragraph 4)."
    ),
    Ground.SOURCE: _(
        "Who told it may stay unnamed (AVG, article 23, paragraph 1i; UAVG, article 41)."
    ),
    Ground.PUPIL: _(
        "The protection of the pupil (AVG, article 23, paragraph 1i; UAVG, article 41)."
    ),
    Ground.NEEDED: _("The receiver does not need it (AVG, article 5, paragraph 1c)."),
}


class Also(StrEnum):
    """What stands on a family's paper only because a person says so, who read it first."""

    WEIGHED = "weighed"
    TALKS = "talks"
    TOLD = "told"


MAY_READ_TOO: dict[Also, Promise] = {
    Also.TALKS: _(
        "Talks with the parents. Only if who gets this was there, or who was there agrees: what "
        "one parent says is not for the other by itself, nor for the pupil."
    ),
    Also.TOLD: _(
        "What was seen and heard where the pupil, or somebody else, told something. It often says "
        "what they told, or who."
    ),
    Also.WEIGHED: _(
        "What was asked of others, weighed and decided, and why. It often repeats what was told "
        "in confidence."
    ),
}
# What was weighed is guarded by the case as well (``cases.dossier.lines.guard_of``).
OPENS: dict[Also, frozenset[About]] = {
    Also.TALKS: frozenset({About.JOINT_TALK, About.PARENT_TALK}),
    Also.TOLD: frozenset({About.CHILD_TOLD, About.OTHERS_TOLD}),
    Also.WEIGHED: frozenset(),
}


class Names(StrEnum):
    """Whose names are taken out of every text."""

    PUPILS = "pupils"
    STAFF = "staff"


class Code(StrEnum):
    """Which dossier somebody asks for."""

    WHOLE = "whole"
    PARENTS = "parents"
    PUPIL = "for_pupil"
    BUURTTEAM = "buurtteam"
    VEILIG_THUIS = "veilig_thuis"
    SCHOOL = "school"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Variant:
    """One kind of dossier, and what goes with it.

    ``names``: whose names are taken out. ``chosen``: the records are chosen one by one. ``house``:
    it says what the protocol asks now, and its timeline. ``files``: files can go into it.
    ``from_age``: who is younger does not ask for it alone. ``until_age``: from then on the pupil
    decides, and it takes their consent (AVG, article 15; UAVG, article 5, paragraph 4).
    ``package``: a sealed zip instead of a PDF (``cases.transfer``), for somebody who is named, by
    consent or on another ground (AVG, articles 6 and 9), behind a password.
    """

    code: Code
    title: Promise
    says: Promise
    names: frozenset[Names] = frozenset()
    chosen: bool = False
    house: bool = False
    files: bool = False
    one_page: bool = False
    package: bool = False
    from_age: int = 0
    until_age: int | None = None

    def asks_consent(self, age: int | None) -> bool:
        """Tell whether the pupil must consent, at an age in years; None, unknown, is any age."""
        return self.until_age is not None and (age is None or age >= self.until_age)

    def is_too_young(self, age: int | None) -> bool:
        """Tell whether a pupil is too young to ask for it alone."""
        return age is not None and age < self.from_age

    @property
    def family(self) -> bool:
        """Tell whether it is for pupil or parents: by which ground something is left out, they
        would know what it was."""
        return self.names == OTHERS

    @property
    def goes_out(self) -> bool:
        """Tell whether it holds what somebody ticked or chose for others, out of what stood there
        when they did.
        """
        return self.family or self.chosen

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is left out."""
        return self.code == Code.WHOLE

    @property
    def veiled(self) -> bool:
        """Tell whether names are taken out, so that whoever asks can name more of them."""
        return bool(self.names)


OTHERS = frozenset(Names)

VARIANTS: dict[Code, Variant] = {
    variant.code: variant
    for variant in (
        Variant(
            Code.WHOLE,
            _("The whole dossier"),
            _("Everything, for the school's own use: each record, each version, with all names."),
            house=True, files=True,
        ),
        Variant(
            Code.PARENTS,
            _("For the parents, who may see it"),
            _(
                "For parents with authority over a child under 16. Names of others, who told it, "
                "statements of one parent, and what would harm the pupil are left out; why stands "
                "on the paper, and not where: that would tell what it was."
            ),
            names=OTHERS, until_age=16,
        ),
        Variant(
            Code.PUPIL,
            _("For the pupil, who may see it"),
            _(
                "For a pupil of 12 or over; from 16 on it is the pupil alone who decides. Names of "
                "others and who told it are left out; why stands on the paper, and not where: "
                "that would tell what it was."
            ),
            names=OTHERS, from_age=12,
        ),
        Variant(
            Code.BUURTTEAM,
            _("To hand over to the buurtteam"),
            _("The records that you choose. Names of other pupils and who told it are left out."),
            names=frozenset({Names.PUPILS}), chosen=True, files=True,
        ),
        Variant(
            Code.VEILIG_THUIS,
            _("To hand over to Veilig Thuis"),
            _("The records that you choose. Names of other pupils are left out."),
            names=frozenset({Names.PUPILS}), chosen=True, files=True,
        ),
        Variant(
            Code.SCHOOL,
            _("To hand over to another school"),
            _(
                "The records that you choose, as a sealed package behind a password: the next "
                "school reads the PDF, or takes it into Meldcode. Names of other pupils and who "
                "told it are left out."
            ),
            names=frozenset({Names.PUPILS}), chosen=True, files=True, package=True,
        ),
        Variant(
            Code.SUMMARY,
            _("A summary on one page"),
            _("Where the case stands, its steps and the last decision; no words of the records."),
            house=True, one_page=True,
        ),
    )
}  # fmt: skip

A, B, C, D = Ground.OTHERS, Ground.SOURCE, Ground.PUPIL, Ground.NEEDED
SHOWN = None

# What each reader gets of what a line is about: it is shown, or left out on a ground. What nobody
# decided on is left out (``left_out``). ``tests/cases/test_dossier_variants.py`` reads this table.
# fmt: off
READERS = (
    # columns: the whole, the summary, the parents, the pupil, the buurtteam, Veilig Thuis,
    Code.WHOLE, Code.SUMMARY, Code.PARENTS, Code.PUPIL, Code.BUURTTEAM, Code.VEILIG_THUIS,
    # another school
    Code.SCHOOL,
)
LEFT_OUT: dict[About, Mapping[Code, Ground | None]] = {
    about: dict(zip(READERS, row, strict=True)) for about, row in {
    About.PUPIL:       (SHOWN,  SHOWN,  SHOWN,  SHOWN,  SHOWN,  SHOWN,  SHOWN),
    About.STAFF:       (SHOWN,  SHOWN,  A,      A,      SHOWN,  SHOWN,  SHOWN),
    About.SOURCE:      (SHOWN,  SHOWN,  B,      B,      B,      SHOWN,  B),
    About.BY_OTHERS:   (SHOWN,  SHOWN,  B,      B,      SHOWN,  SHOWN,  SHOWN),
    About.CONFIDED:    (SHOWN,  SHOWN,  C,      SHOWN,  SHOWN,  SHOWN,  SHOWN),
    About.CHILD_TOLD:  (SHOWN,  SHOWN,  C,      SHOWN,  SHOWN,  SHOWN,  SHOWN),
    About.OTHERS_TOLD: (SHOWN,  SHOWN,  B,      B,      SHOWN,  SHOWN,  SHOWN),
    About.JOINT_TALK:  (SHOWN,  SHOWN,  A,      SHOWN,  SHOWN,  SHOWN,  SHOWN),
    About.PARENT_TALK: (SHOWN,  SHOWN,  A,      A,      SHOWN,  SHOWN,  SHOWN),
    About.STATED:      (SHOWN,  SHOWN,  A,      A,      SHOWN,  SHOWN,  SHOWN),
    About.SAFETY:      (SHOWN,  SHOWN,  C,      SHOWN,  SHOWN,  SHOWN,  SHOWN),
    About.UNTOLD:      (SHOWN,  SHOWN,  C,      C,      SHOWN,  SHOWN,  SHOWN),
    # As what they do not know of at all: a ground of its own would tell who reported.
    About.REPORTER:    (SHOWN,  SHOWN,  C,      C,      SHOWN,  SHOWN,  SHOWN),
    About.FILE:        (SHOWN,  SHOWN,  A,      A,      SHOWN,  SHOWN,  SHOWN),
    About.COPY:        (SHOWN,  SHOWN,  C,      B,      D,      D,      D),
    About.REPLACED:    (SHOWN,  SHOWN,  B,      B,      D,      D,      D),
    About.HOUSE:       (SHOWN,  SHOWN,  A,      A,      D,      D,      D),
    }.items()
}
# fmt: on


def left_out(about: About, code: Code) -> Ground | None:
    """Return on which ground a line is left out of a kind of dossier; None: it is shown."""
    return LEFT_OUT.get(about, {}).get(code, Ground.NEEDED)
