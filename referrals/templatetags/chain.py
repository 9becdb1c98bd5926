"""The chain of a case and what is expected of Veilig Thuis, for the pages of cases."""

from collections.abc import Iterable

from django import template

from cases.models import Case
from referrals.diagram import Diagram, diagram
from referrals.expectations import Expectation, expectation
from referrals.models import Feedback, Referral

register = template.Library()


@register.inclusion_tag("referrals/_chain.html")
def chain_of(case: Case) -> dict[str, Diagram]:
    """Draw the chain for a case ``with_records``."""
    return {"diagram": diagram(case)}


@register.simple_tag
def expected_of(referral: Referral, feedbacks: Iterable[Feedback]) -> Expectation | None:
    """Return what is waited for of a report."""
    return expectation(referral, feedbacks)
