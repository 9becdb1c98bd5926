"""What destroying a case does with the rows of this room (``cases.destruction.fates``)."""

from cases.destruction.fates import Fate
from referrals.models import Decision, Feedback, Goal, GoalEffect, HelpPlan, Referral
from referrals.report.models import Report, ReportCopy, ReportText

TABLE = (
    Fate(Decision, case=("case",)),
    Fate(HelpPlan, case=("decision__case",)),
    Fate(Goal, case=("plan__decision__case",)),
    Fate(GoalEffect, case=("feedback__case", "goal__plan__decision__case")),
    Fate(Referral, case=("decision__case",)),
    Fate(Referral.letters.through, case=("referral__decision__case", "attachment__case")),
    Fate(Feedback, case=("case",)),
    Fate(Feedback.letters.through, case=("feedback__case", "attachment__case")),
    Fate(Report, case=("referral__decision__case",)),
    Fate(ReportText, case=("report__referral__decision__case",)),
    Fate(ReportCopy, case=("report__referral__decision__case",), files=("file",)),
)
