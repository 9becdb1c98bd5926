"""What was recorded before the chain had objects of its own: plans as rows, and who took it on."""

from django.db import migrations, models

SCHOOL, OTHER = "school", "other"


def goals_of_texts(apps, schema_editor):
    """Make each plan's text its first goal, word for word."""
    plans = apps.get_model("referrals", "HelpPlan").objects.select_related("decision")
    goal = apps.get_model("referrals", "Goal")
    goal.objects.bulk_create(
        (
            goal(
                plan=plan, number=1, what=plan.text, added_at=plan.decision.recorded_at,
                added_by_id=plan.decision.author_id,
            )
            for plan in plans.exclude(text="").iterator()
        ),
        batch_size=500,
    )  # fmt: skip


def texts_of_goals(apps, schema_editor):
    """Put the goals back into one text."""
    for plan in apps.get_model("referrals", "HelpPlan").objects.prefetch_related("goals"):
        rows = plan.goals.order_by("number")
        plan.text = "\n".join(_as_text(row) for row in rows)
        plan.save(update_fields=["text"])
    apps.get_model("referrals", "Goal").objects.all().delete()


def _as_text(goal):
    day = goal.by_day.isoformat() if goal.by_day else ""
    return ". ".join(part for part in (goal.what, goal.who, day, goal.seen_by) if part)


def chain_of_feedback(apps, schema_editor):
    """Make referrals of what stood in ``helped_by``: taken on, or passed on to the next.

    The moments are those of the records; what nobody wrote down (consent, what was handed over)
    stays empty.
    """
    feedback = apps.get_model("referrals", "Feedback")
    cases = feedback.objects.order_by("case").values_list("case", flat=True).distinct()
    for case in list(cases):
        _chain_of(apps, case)


def _chain_of(apps, case):
    referral_model = apps.get_model("referrals", "Referral")
    chain = list(
        referral_model.objects.filter(decision__case=case, sent_at__isnull=False).order_by("pk")
    )
    heard = apps.get_model("referrals", "Feedback").objects.filter(case=case)
    for word in heard.filter(correction__isnull=True).order_by("recorded_at", "pk"):
        _about(word, chain)
        if word.helped_by in (SCHOOL, OTHER):
            continue
        taken = [r for r in chain if r.to == word.helped_by and r.sent_at <= word.recorded_at]
        if not taken:
            taken = _passed_on(referral_model, chain, word)
        _taken_on(taken, word)


def _about(word, chain):
    """Keep what was heard with the referral to whom it was heard from."""
    told = [r for r in chain if r.to == word.heard_from and r.sent_at <= word.recorded_at]
    if told:
        word.referral = told[-1]
        word.save(update_fields=["referral"])


def _passed_on(referral_model, chain, word):
    """Return the referral to whoever helps now, by whom of the chain had it last; if there is."""
    held = [r for r in chain if r.sent_at <= word.recorded_at and r.passed_on_at is None]
    if not held:
        return []
    last = max(held, key=lambda r: (r.accepted_at is not None, r.accepted_at or r.sent_at))
    last.passed_on_at, last.passed_on_by_id = word.recorded_at, word.author_id
    last.save(update_fields=["passed_on_at", "passed_on_by"])
    following = referral_model.objects.create(
        decision_id=last.decision_id, to=word.helped_by, passed_on_from=last,
        sent_at=word.recorded_at, sent_by_id=word.author_id,
    )  # fmt: skip
    chain.append(following)
    return [following]


def _taken_on(taken, word):
    if taken and taken[-1].accepted_at is None and taken[-1].passed_on_at is None:
        taken[-1].accepted_at, taken[-1].accepted_by_id = word.recorded_at, word.author_id
        taken[-1].save(update_fields=["accepted_at", "accepted_by"])


def without_chain(apps, schema_editor):
    """Take back what was made of ``helped_by``, which still says the same."""
    apps.get_model("referrals", "Feedback").objects.update(referral=None)
    referrals = apps.get_model("referrals", "Referral").objects
    while (last := referrals.filter(passed_on_from__isnull=False, passed_on_to=None)).exists():
        last.delete()


def settled(apps, schema_editor):
    """Let PostgreSQL check the rows now: a table with rows to check cannot be altered."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0003_chain"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, settled),
        migrations.RunPython(goals_of_texts, texts_of_goals),
        migrations.RunPython(chain_of_feedback, without_chain),
        migrations.RunPython(settled, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="helpplan",
            name="text",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.RemoveField(model_name="helpplan", name="text"),
    ]
