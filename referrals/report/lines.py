"""A report line by line, as it is printed and read out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cases.references import OF_REPORTS, derived_reference
from referrals.report.fields import FIELDS as ALL
from referrals.report.fields import READ_OUT, SECTIONS, WEIGHED, YES, Field, Section, asked

if TYPE_CHECKING:
    from referrals.report.models import Report

OF_THE_TABLE = frozenset(f"weighed_{code}" for code in WEIGHED)


@dataclass(frozen=True, slots=True)
class Line:
    """A field with what stands in it, a line for each answer; empty when nothing does."""

    field: Field
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its lines; ``weighed`` stand in a table of question and answer."""

    section: Section
    lines: tuple[Line, ...]
    weighed: tuple[Line, ...]


def parts(texts: Mapping[str, str]) -> list[Part]:
    """Return a report part by part: what was filled in, and what should have been."""
    matters = {field.code for field in asked(texts)}
    found = []
    for section in SECTIONS:
        lines = [_line(field, texts) for field in section.fields if field.code in matters]
        lines = [line for line in lines if line.words or line.field.required]
        found.append(
            Part(
                section,
                tuple(line for line in lines if line.field.code not in OF_THE_TABLE),
                tuple(line for line in lines if line.field.code in OF_THE_TABLE),
            )
        )
    return [part for part in found if part.lines or part.weighed]


def to_read_out(texts: Mapping[str, str]) -> list[Line]:
    """Return what one reads out by telephone, in the order in which Veilig Thuis asks."""
    matters = {field.code for field in asked(texts)}
    lines = [_line(ALL[code], texts) for code in READ_OUT if code in matters]
    return [line for line in lines if line.words]


def _line(field: Field, texts: Mapping[str, str]) -> Line:
    return Line(field, tuple(field.words(texts.get(field.code, ""))))


def reference_of(report: "Report") -> str:
    """Return how a report is called outside the school.

    An anonymous one by a sign of its own: the number of the case stands on papers that the family
    has, and whoever sees both would know for certain who reported.
    """
    if is_anonymous(report.contents):
        return derived_reference(OF_REPORTS, report.referral.public_id)
    return report.referral.decision.case.reference


def is_anonymous(texts: Mapping[str, str]) -> bool:
    """Tell whether the family may not know who reports."""
    return texts.get("anonymous") == YES
