"""The body map, as a table: where an injury was seen, what it looked like, and how large it was.

What a teacher sees and can name; no medical judgement. Left and right are the child's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Of one signal.
AT_MOST = 12
NOTE_LENGTH = 200
# A signal with a mark is about an injury, whether or not that was ticked (R3, R5).
INJURY = "injury"


class View(StrEnum):
    """From where the figure is drawn."""

    FRONT = "front"
    BACK = "back"
    FACE = "face"


VIEWS: dict[View, Promise] = {
    View.FRONT: _("Front"),
    View.BACK: _("Back"),
    View.FACE: _("Face"),
}
# As what is said after the name of a part that a child has twice.
LEFT, RIGHT = "left", "right"
SIDES: dict[str, Promise] = {LEFT: _("the child's left"), RIGHT: _("the child's right")}
# In a list on a phone, under a heading that says whose.
SHORT_SIDES: dict[str, Promise] = {LEFT: _("left side"), RIGHT: _("right side")}


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the body that one can point at; ``side``: of the child, where there are two."""

    code: str
    view: View
    part: Promise
    side: str = ""

    @property
    def label(self) -> str:
        """Return the part in words, with the side."""
        return f"{self.part}, {SIDES[self.side]}" if self.side else str(self.part)

    @property
    def choice(self) -> str:
        """Return the same in few words, as one chooses it."""
        return f"{self.part}, {SHORT_SIDES[self.side]}" if self.side else str(self.part)


def _once(code: str, view: View, part: Promise) -> tuple[Region, ...]:
    return (Region(code, view, part),)


def _twice(code: str, view: View, part: Promise) -> tuple[Region, ...]:
    return tuple(Region(f"{code}_{side}", view, part, side) for side in (LEFT, RIGHT))


# fmt: off
REGIONS: tuple[Region, ...] = (
    *_once("head",             View.FRONT, _("Head, from the front")),
    *_once("throat",           View.FRONT, _("Throat")),
    *_twice("shoulder",        View.FRONT, _("Shoulder, front")),
    *_once("chest",            View.FRONT, _("Chest")),
    *_once("belly",            View.FRONT, _("Belly")),
    *_once("groin",            View.FRONT, _("Lower belly or groin")),
    *_twice("upper_arm",       View.FRONT, _("Upper arm, front")),
    *_twice("forearm",         View.FRONT, _("Forearm, inside")),
    *_twice("hand",            View.FRONT, _("Palm of the hand")),
    *_twice("thigh",           View.FRONT, _("Thigh, front")),
    *_twice("knee",            View.FRONT, _("Knee")),
    *_twice("shin",            View.FRONT, _("Shin")),
    *_twice("foot",            View.FRONT, _("Foot")),
    *_once("back_head",        View.BACK,  _("Back of the head")),
    *_once("nape",             View.BACK,  _("Neck, back")),
    *_twice("back_shoulder",   View.BACK,  _("Shoulder, back")),
    *_once("upper_back",       View.BACK,  _("Upper back")),
    *_once("lower_back",       View.BACK,  _("Lower back")),
    *_once("buttocks",         View.BACK,  _("Buttocks")),
    *_twice("back_upper_arm",  View.BACK,  _("Upper arm, back")),
    *_twice("elbow",           View.BACK,  _("Elbow")),
    *_twice("back_forearm",    View.BACK,  _("Forearm, outside")),
    *_twice("back_hand",       View.BACK,  _("Back of the hand")),
    *_twice("back_thigh",      View.BACK,  _("Thigh, back")),
    *_twice("calf",            View.BACK,  _("Hollow of the knee or calf")),
    *_twice("heel",            View.BACK,  _("Heel")),
    *_once("scalp",            View.FACE,  _("Under the hair")),
    *_once("forehead",         View.FACE,  _("Forehead")),
    *_twice("eye",             View.FACE,  _("Eye")),
    *_twice("ear",             View.FACE,  _("Ear")),
    *_once("nose",             View.FACE,  _("Nose")),
    *_twice("cheek",           View.FACE,  _("Cheek")),
    *_once("mouth",            View.FACE,  _("Mouth or lips")),
    *_once("chin",             View.FACE,  _("Chin")),
)

KINDS: dict[str, Promise] = {
    "bruise":   _("Bruise"),
    "scratch":  _("Scratch or graze"),
    "cut":      _("Cut or wound"),
    "burn":     _("Burn"),
    "bite":     _("Bite, prints of teeth"),
    "swelling": _("Swelling or bump"),
    "red":      _("Red mark or stripe"),
    "other":    _("Something else"),
}

SIZES: dict[str, Promise] = {
    "pea":      _("Like a pea"),
    "coin":     _("Like a coin of 2 euros"),
    "palm":     _("Like the child's palm"),
    "larger":   _("Larger than a palm"),
    "unseen":   _("Could not see it well"),
}
# fmt: on

BY_CODE: dict[str, Region] = {region.code: region for region in REGIONS}


@dataclass(frozen=True, slots=True)
class Seen:
    """One injury as somebody saw it, ready to be filed with its signal."""

    region: str
    kind: str
    size: str
    note: str = ""

    @property
    def is_known(self) -> bool:
        """Tell whether the tables have its region, kind and size, and its note is short enough."""
        known = self.region in BY_CODE and self.kind in KINDS and self.size in SIZES
        return known and len(self.note) <= NOTE_LENGTH


def described(kind: str, size: str, note: str) -> str:
    """Return what was seen in one line: what, how large, and what was noted beside."""
    return " · ".join(str(word) for word in (KINDS[kind], SIZES[size], note) if word)


def grouped_regions() -> Iterator[tuple[Promise, list[tuple[str, str]]]]:
    """Yield the regions as choices, by the view in which they are drawn."""
    for view, name in VIEWS.items():
        yield name, [(one.code, one.choice) for one in REGIONS if one.view is view]
