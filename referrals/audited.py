"""Which fields of this app's records the audit remembers: states and moments, no narrative."""

from collections.abc import Callable
from operator import attrgetter

from django.db import models

from referrals.models import Decision, Feedback, Goal, GoalEffect, Referral
from referrals.report.models import Report, ReportCopy

AUDITED: dict[type[models.Model], list[str]] = {
    Decision: ["report", "help", "follow_up_on", "author"],
    Referral: [
        "to",
        "anonymous",
        "family_told",
        "sent_at",
        "sent_by",
        "confirmed_at",
        "confirmed_by",
        "assessing_at",
        "assessing_by",
        "accepted_at",
        "accepted_by",
        "passed_on_at",
        "passed_on_by",
        "passed_on_from",
        "closed_at",
        "closed_by",
        "closed_to",
        "consent",
        # Grows with each change of what is prepared, whose words stand in the case alone.
        "version",
        "withdrawn_at",
        "withdrawn_by",
    ],
    Report: ["number", "revision", "saved_by", "filed_at", "filed_by", "corrects"],
    ReportCopy: ["state", "requested_by", "sha256"],
    Goal: ["number", "by_day", "added_by"],
    GoalEffect: ["effect"],
    Feedback: [
        "effect",
        "referral",
        "heard_from",
        "helped_by",
        "investigation",
        "next_review_on",
        "author",
    ],
}

# From each of them to the case or school whose trail it stands in.
ABOUT: dict[type[models.Model], Callable[[models.Model], models.Model | None]] = {
    Decision: attrgetter("case"),
    Referral: attrgetter("decision.case"),
    Feedback: attrgetter("case"),
    Report: attrgetter("referral.decision.case"),
    ReportCopy: attrgetter("report.referral.decision.case"),
    Goal: attrgetter("plan.decision.case"),
    GoalEffect: attrgetter("feedback.case"),
}
