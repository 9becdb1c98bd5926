"""The tables that the care team's page and the year report have in common."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.figures.counting import (
    AGAINST,
    BOTH,
    DECISIONS,
    KINDS,
    NEITHER,
    OTHERS,
    OWN,
    REPORT,
    WALKED,
    WITH,
)
from cases.figures.tables import Counts, Line, Table
from cases.models import Case, Deviation
from cases.protocol.rules import BY_CODE

FELL: dict[str, Promise] = {
    OWN: gettext_lazy("Help by the school itself"),
    OTHERS: gettext_lazy("Help by others"),
    REPORT: gettext_lazy("Report to Veilig Thuis, without help"),
    BOTH: gettext_lazy("Report to Veilig Thuis, and help"),
    NEITHER: gettext_lazy("No report and no help"),
}
KIND_NAMES = dict(Deviation.Kind.choices)


def signals(counts: Counts, columns: tuple[str, ...], told: str) -> Table:
    """Return how many signals were logged, and how many cases opened and closed."""
    outcomes = (
        counts.line(name, "closed", code, within=True) for code, name in Case.Outcome.choices
    )
    lines = (
        counts.line(_("Signals logged"), "signals"),
        counts.line(_("mild"), "signals", "mild", within=True),
        counts.line(_("severe"), "signals", "severe", within=True),
        counts.line(_("Cases opened"), "opened"),
        counts.line(_("Cases closed"), "closed"),
        # By what is shown: a row that is there with its numbers hidden says that there was one.
        *(line for line in outcomes if any(cell.value for cell in line.cells)),
    )
    return Table("signals", _("Signals and cases"), told, _("What"), columns, lines, "bar", (0, 1))


def decisions(counts: Counts, columns: tuple[str, ...], told: str) -> Table:
    """Return how decisions fell, and how many otherwise than the weighing says."""
    lines = (
        *(counts.line(FELL[code], "decided", code) for code in DECISIONS),
        counts.line(_("All decisions"), "decided"),
        counts.line(_("as the weighing says"), "decided", WITH, within=True),
        counts.line(_("otherwise than the weighing says"), "decided", AGAINST, within=True),
    )
    return Table("decisions", _("How decisions fell"), told, _("Decision"), columns, lines, "bar",
                 (0, 1))  # fmt: skip


def steps(counts: Counts, columns: tuple[str, ...], told: str) -> Table:
    """Return in how many walks each step was taken, and how often it was left out."""
    lines = []
    for step in WALKED:
        number = str(step.number)
        lines += [
            counts.line(f"{number}. {step.name}", "walked", number),
            counts.line(_("left out, with grounds"), "left_out", number, within=True),
        ]
    return Table("steps", _("Steps walked"), told, pgettext_lazy("of the five", "Step"),
                 columns, tuple(lines))  # fmt: skip


def otherwise(counts: Counts, columns: tuple[str, ...], told: str, *, least: int = 1) -> Table:
    """Return what was done otherwise than asked, by kind; rules of which ``least`` are shown."""
    lines: list[Line] = []
    for kind in KINDS:
        lines.append(counts.line(KIND_NAMES[kind], "otherwise", kind))
        for rule in counts.rules(kind):
            line = counts.line(_of_rule(rule), "otherwise", kind, rule, within=True,
                               rule=rule if rule in BY_CODE else "")  # fmt: skip
            if sum(cell.value is not None and cell.value >= least for cell in line.cells):
                lines.append(line)
    lines.append(counts.line(_("All explained choices"), "otherwise"))
    return Table("otherwise", _("What was done otherwise, with grounds"), told, _("Choice"),
                 columns, tuple(lines))  # fmt: skip


def _of_rule(rule: str) -> str:
    if rule in BY_CODE:
        return str(BY_CODE[rule].asks)
    return _("Step %(step)s") % {"step": rule.removeprefix("step ")}
