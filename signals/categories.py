"""What a signal can be about (docs/protocol.md), as a table."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Category:
    """One category; ``direct`` ones make a signal severe by themselves (R3, R4, R5, R8)."""

    code: str
    group: Promise
    label: Promise
    direct: bool = False


BODY = _("Body and care")
BEHAVIOUR = _("Behaviour and feeling")
SCHOOL = _("At school")
HOME = _("At home")
TOLD = _("Told")
DANGER = _("Act at once")

# fmt: off
CATEGORIES: tuple[Category, ...] = (
    Category("tired",        BODY,      _("Tired or ill")),
    Category("hygiene",      BODY,      _("Hygiene or clothing")),
    Category("food",         BODY,      _("Food: hungry, no lunch")),
    Category("delayed_care", BODY,      _("Doctor or dentist put off")),
    Category("change",       BEHAVIOUR, _("Sudden change")),
    Category("aggression",   BEHAVIOUR, _("Angry or aggressive")),
    Category("withdrawn",    BEHAVIOUR, _("Withdrawn or overly adapted")),
    Category("anxious",      BEHAVIOUR, _("Anxious or gloomy")),
    Category("substances",   BEHAVIOUR, _("Alcohol or drugs")),
    Category("marks",        SCHOOL,    _("Marks drop")),
    Category("absent",       SCHOOL,    _("Absent or late")),
    Category("not_fetched",  SCHOOL,    _("Not fetched from school")),
    Category("online",       SCHOOL,    _("Something online")),
    Category("harsh",        HOME,      _("Parent harsh or belittling")),
    Category("partners",     HOME,      _("Violence between adults")),
    Category("addiction",    HOME,      _("Addiction or psychiatric trouble")),
    Category("money",        HOME,      _("Debt or eviction")),
    Category("divorce",      HOME,      _("Divorce conflict")),
    Category("told_child",   TOLD,      _("Told by the pupil")),
    Category("told_others",  TOLD,      _("Told by others")),
    Category("injury",       DANGER,    _("Injury: bruises, burns, unexplained"),            True),
    Category("sexual",       DANGER,    _("Signs of sexual violence"),                       True),
    Category("weapon",       DANGER,    _("Threat with a weapon"),                           True),
    Category("fear_home",    DANGER,    _("Afraid to go home"),                              True),
    Category("disclosure",   DANGER,    _("Pupil tells of violence"),                        True),
    Category("self_harm",    DANGER,    _("Self-harm or does not want to live"),             True),
    Category("coercion",     DANGER,    _("Honour, forced marriage, left abroad, "
                                          "genital cutting"),                                True),
    Category("alone",        DANGER,    _("Child alone or locked in"),                       True),
    Category("dependent",    DANGER,    _("Baby or dependent child in danger"),              True),
)
# fmt: on

BY_CODE = {category.code: category for category in CATEGORIES}
DIRECT = frozenset(category.code for category in CATEGORIES if category.direct)


def grouped_choices() -> list[tuple[Promise, list[tuple[str, Promise]]]]:
    """Return the categories as choices, in their groups and their order."""
    groups: dict[Promise, list[tuple[str, Promise]]] = {}
    for category in CATEGORIES:
        groups.setdefault(category.group, []).append((category.code, category.label))
    return list(groups.items())
