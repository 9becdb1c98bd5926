"""What a signal can be about (docs/protocol.md), as a table: by age group, each with examples."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# The age groups: 4 to 12 (primary school), and 12 and older.
CHILD, TEEN = "child", "teen"
BOTH = (CHILD, TEEN)


@dataclass(frozen=True, slots=True)
class Category:
    """One category; ``direct`` ones make a signal severe by themselves (R3, R4, R5, R8).

    ``example`` is one of the younger pupils, and of the older ones as well unless those have one
    ``of_older``. ``ages``: of whom one logs it usually; of the others it stands under "more".
    """

    code: str
    group: Promise
    label: Promise
    example: Promise
    of_older: Promise | None = None
    ages: tuple[str, ...] = BOTH
    direct: bool = False

    @property
    def examples(self) -> list[tuple[str, Promise]]:
        """Return the examples, each with the age group that it is of; "both" for all."""
        if self.of_older is None:
            return [("both", self.example)]
        return [(CHILD, self.example), (TEEN, self.of_older)]


BODY = _("Body and care")
BEHAVIOUR = _("Behaviour and feeling")
SCHOOL = _("At school")
HOME = _("At home")
TOLD = _("Told")
DANGER = _("Act at once")

CATEGORIES: tuple[Category, ...] = (
    Category(
        "tired", BODY, _("Tired or ill"),
        _("Falls asleep in the circle. Often has a headache or a stomach ache."),
        _("Sleeps in class. Says that they lie awake at night."),
    ),
    Category(
        "hygiene", BODY, _("Hygiene or clothing"),
        _("Wears the same dirty clothes for days. Has no coat in winter."),
    ),
    Category(
        "food", BODY, _("Food: hungry, no lunch"),
        _("Has no breakfast or lunch, more than once. Asks others for food."),
    ),
    Category(
        "delayed_care", BODY, _("Doctor or dentist put off"),
        _("Has toothache for weeks and does not go to a dentist. The glasses stay broken."),
    ),
    Category(
        "change", BEHAVIOUR, _("Sudden change"),
        _("Played with everybody and now stands apart. Wets themselves again."),
        _("Liked to come and now says nothing. Drops friends or a sport all at once."),
    ),
    Category(
        "aggression", BEHAVIOUR, _("Angry or aggressive"),
        _("Bites, kicks, or throws things at others."),
        _("Hits somebody, kicks doors, shouts at a teacher."),
    ),
    Category(
        "withdrawn", BEHAVIOUR, _("Withdrawn or overly adapted"),
        _("Does not join in. Does all that you ask, and watches your face."),
    ),
    Category(
        "anxious", BEHAVIOUR, _("Anxious or gloomy"),
        _("Cries at every goodbye. Is startled by an arm that goes up."),
        _("Cries in the corridor. Says that nothing makes sense any more."),
    ),
    Category(
        "substances", BEHAVIOUR, _("Alcohol or drugs"),
        _("Smells of alcohol or weed. Has red eyes in the first lesson."), ages=(TEEN,),
    ),
    Category(
        "marks", SCHOOL, _("Marks drop"),
        _("Could read this before the summer, and cannot now."),
        _("Went from sevens to fours in one term."),
    ),
    Category(
        "absent", SCHOOL, _("Absent or late"),
        _("Is brought late three times a week. Is often ill on Mondays."),
        _("Skips lessons. Stays away without a message from home."),
    ),
    Category(
        "not_fetched", SCHOOL, _("Not fetched from school"),
        _("Nobody came after school, and nobody answered the telephone."), ages=(CHILD,),
    ),
    Category(
        "online", SCHOOL, _("Something online"),
        _("Saw a film that frightens them. Plays at night with people they do not know."),
        _("A picture of them goes round. Is threatened in messages."),
    ),
    Category(
        "harsh", HOME, _("Parent harsh or belittling"),
        _("A parent calls the child stupid in front of others."),
        _("A parent says: you are good for nothing."),
    ),
    Category(
        "partners", HOME, _("Violence between adults"),
        _("Tells of shouting or hitting at home. A parent comes with a black eye."),
    ),
    Category(
        "addiction", HOME, _("Addiction or psychiatric trouble"),
        _("A parent smells of alcohol at the gate. The child looks after a parent in bed."),
        _("Stays at home to look after a parent. Tells of a parent who drinks or uses drugs."),
    ),
    Category(
        "money", HOME, _("Debt or eviction"),
        _("Moves house often. Cannot pay for a trip. Says that the power is cut off."),
    ),
    Category(
        "divorce", HOME, _("Divorce conflict"),
        _("Parents quarrel at the school door. The pupil has to choose between them."),
    ),
    Category(
        "told_child", TOLD, _("Told by the pupil"),
        _("The pupil told you something of home. Is it violence? Look under “Act at once”."),
    ),
    Category(
        "told_others", TOLD, _("Told by others"),
        _("A neighbour, a classmate or another parent told you."),
    ),
    Category(
        "injury", DANGER, _("Injury: bruises, burns, unexplained"),
        _("A bruise on the back, a burn, a story that does not fit."), direct=True,
    ),
    Category(
        "sexual", DANGER, _("Signs of sexual violence"),
        _("Plays or draws what does not fit the age. Has pain when sitting."),
        _("Was forced to something. Gets presents from somebody older. May be pregnant."),
        direct=True,
    ),
    Category(
        "weapon", DANGER, _("Threat with a weapon"),
        _("Somebody at home threatened with a knife, or the pupil carries one."), direct=True,
    ),
    Category(
        "fear_home", DANGER, _("Afraid to go home"),
        _("Does not want to go home, and says why or just does not say it."), direct=True,
    ),
    Category(
        "disclosure", DANGER, _("Pupil tells of violence"),
        _("Says: “Daddy hits me with the belt.”"), direct=True,
    ),
    Category(
        "self_harm", DANGER, _("Self-harm or does not want to live"),
        _("Hurts themselves on purpose. Says: I do not want to be here any more."),
        _("Fresh cuts on an arm. Says: I do not want to be here any more."), direct=True,
    ),
    Category(
        "coercion", DANGER, _("Honour, forced marriage, left abroad, genital cutting"),
        _("Goes to family abroad for a “feast” and is afraid of it."),
        _("Has to marry. Is afraid of a journey abroad. A brother follows them everywhere."),
        direct=True,
    ),
    Category(
        "alone", DANGER, _("Child alone or locked in"),
        _("A child of six is alone in the evening. Is locked up in a room."),
        _("Looks after small brothers and sisters for days, alone."), direct=True,
    ),
    Category(
        "dependent", DANGER, _("Baby or dependent child in danger"),
        _("There is a baby at home that nobody looks after. A little brother was shaken."),
        direct=True,
    ),
)  # fmt: skip

BY_CODE = {category.code: category for category in CATEGORIES}
DIRECT = frozenset(category.code for category in CATEGORIES if category.direct)


def grouped_choices() -> list[tuple[Promise, list[tuple[str, Promise]]]]:
    """Return the categories as choices, in their groups and their order."""
    return [(name, [(c.code, c.label) for c in found]) for name, found in grouped().items()]


def grouped() -> dict[Promise, list[Category]]:
    """Return the categories by their groups, in their order."""
    groups: dict[Promise, list[Category]] = {}
    for category in CATEGORIES:
        groups.setdefault(category.group, []).append(category)
    return groups


def age_group_of_school(kind: str) -> str:
    """Return the age group that a school of a kind is mostly for."""
    return TEEN if kind == "vo" else CHILD
