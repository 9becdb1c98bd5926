"""Stages of a case as ``Facts`` knows them, joined with ``|``; seen from a Wednesday morning."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cases.protocol import Facts, guide

NOW = datetime(2026, 3, 11, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))


def ago(**span):
    return NOW - timedelta(**span)


MILD = {"signals": 1, "last_signal_at": ago(days=9), "categories": frozenset({"tired"})}
CONCERN = MILD | {"signals": 2, "last_signal_at": ago(days=8), "concern_at": ago(days=8)}
SEVERE = MILD | {
    "severe_signals": 1, "severe_at": ago(hours=1), "last_severe_at": ago(hours=1),
    "last_signal_at": ago(hours=1),
}  # fmt: skip
ACUTE = SEVERE | {"acute_signals": 1, "last_acute_at": ago(hours=1)}
NEWER = {"last_severe_at": ago(seconds=10), "last_signal_at": ago(seconds=10)}
ARRANGED = {"responsible": True, "talk_arranged": True}
TALKED = {"talked_at": ago(minutes=20), "pupil_spoken": True, "parents_spoken": True}
SKIPPED = {"talk_skipped_at": ago(minutes=20)}
CLEARED = TALKED | {"concern_cleared": True}
REFUSED = {"help_refused_at": ago(minutes=20)}


def about(*categories):
    """Return what the signals are about."""
    moments = dict.fromkeys(categories, ago(hours=1))
    return {"categories": frozenset(categories), "signalled_at": moments}


def again(category):
    """Return what is known when a signal of a category came just now."""
    return {"signalled_at": {category: ago(minutes=3)}}


def explained(*rules):
    """Return what is known once somebody explained why this is not done."""
    return {"explained": dict.fromkeys(rules, ago(seconds=30))}


def asked(*kinds):
    """Return what is known while consultations wait for their outcome."""
    outside = {"family_worker", "veilig_thuis"} & set(kinds)
    return {
        "consultations_asked": len(kinds), "consultations_open": len(kinds),
        "kinds_asked": frozenset(kinds),
        "asked_at": dict.fromkeys(kinds, ago(minutes=50)),
        "first_asked_at": ago(minutes=50),
        "outside_asked_at": ago(minutes=50) if outside else None,
        "veilig_thuis_asked_at": ago(minutes=50) if "veilig_thuis" in kinds else None,
    }  # fmt: skip


def held(*kinds):
    """Return what is known once consultations have their outcome."""
    outside = {"family_worker", "veilig_thuis"} & set(kinds)
    return asked(*kinds) | {
        "consultations_open": 0, "kinds_held": frozenset(kinds),
        "heard_at": dict.fromkeys(kinds, ago(minutes=30)),
        "outcome_at": ago(minutes=30),
        "outside_outcome_at": ago(minutes=30) if outside else None,
        "danger_told_at": ago(minutes=30) if outside else None,
    }  # fmt: skip


def weighed(**answers):
    """Return what is known after a weighing: suspicion, no unsafety, help possible, accepted."""
    given = {
        "danger": "no", "upbringing": "no", "risks": "no", "suspicion": "yes", "unsafety": "no",
        "possible": "yes", "accepted": "yes", "works": "later",
    }  # fmt: skip
    return {
        "assessed_at": ago(minutes=10), "weighed_at": ago(minutes=10), "answers": given | answers,
    }  # fmt: skip


HEARD = CONCERN | held("care_team") | ARRANGED
UNDECIDED = HEARD | TALKED | weighed()
# Called, and no consultation yet (R11).
CALLED_112 = {"danger_told_at": ago(minutes=30)}
# Weighed again after the decision.
REWEIGHED = {"weighed_at": ago(minutes=1)}
DECIDED = {"decided_at": ago(minutes=5), "last_decided_at": ago(minutes=5)}
REVIEW = {"follow_up_at": NOW + timedelta(days=42)}
UNSENT = {"referral_unsent_since": ago(minutes=5)}
SENT = {"unconfirmed_since": ago(minutes=4)}
OWN_HELP = UNDECIDED | DECIDED | REVIEW
TO_BUURTTEAM = UNDECIDED | DECIDED | REVIEW | UNSENT | {"buurtteam_waits": True}
TO_REPORT = UNDECIDED | DECIDED | REVIEW | UNSENT | {"report_decided": True, "report_unsent": True}
REPORTED = UNDECIDED | DECIDED | REVIEW | {
    "report_decided": True, "report_discussed": True, "report_sent_at": ago(minutes=4),
}  # fmt: skip
OUTCOME_HEARD = {"report_heard_at": ago(minutes=2), "feedback_at": ago(minutes=2)}


def feedback(effect, of="school"):
    """Return what is known after the newest feedback on the help."""
    return {"feedback_at": ago(minutes=1), "effect": effect, "effect_of": of}


WORKS = feedback("works")
DONE = UNDECIDED | DECIDED | WORKS
STAFF = MILD | {"about_staff": True}


def facts(*stages, **changes):
    """Return the facts of a case of ten days old in which nothing happened but the stages."""
    known = {key: value for stage in stages for key, value in stage.items()} | changes
    return Facts(**{"now": NOW, "opened_at": ago(days=10), **known})


def tasks(*stages, **changes):
    """Return the codes of the rules that ask something, in the order of the card."""
    return [task.rule.code for task in guide(facts(*stages, **changes)).tasks]


def says(*stages, **changes):
    """Return the codes of all rules that hold: what is asked, and what is good to know."""
    guidance = guide(facts(*stages, **changes))
    return {task.rule.code for task in (*guidance.tasks, *guidance.notes)}


def periods(*stages, **changes):
    """Return the periods that run, by code, with their days and hours."""
    deadlines = guide(facts(*stages, **changes)).deadlines
    return {deadline.period.code: (deadline.days, deadline.hours) for deadline in deadlines}
