"""Step 4: the severity, weighed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from cases.models.record import Record
from cases.protocol.questions import BY_CODE
from cases.protocol.questions import Answer as TableAnswer


class Assessment(Record):
    """One weighing of the severity; its answers hang under it (R23 to R27)."""

    consulted = models.CharField(_("who was consulted for it"), max_length=200)
    assessed_at = models.DateTimeField(_("when"))

    class Meta(Record.Meta):
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")


class Answer(models.Model):
    """The answer to one question of the table, with its grounds."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=20)
    answer = models.CharField(max_length=12)
    grounds = NarrativeField(_("grounds"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "question"), name="one_answer_per_question"
            ),
            models.CheckConstraint(
                name="answer_has_grounds",
                condition=~models.Q(grounds=""),
                violation_error_message=_("Write down your grounds."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.question} {self.pk}"

    @property
    def question_text(self) -> str:
        """Return the question in words."""
        return str(BY_CODE[self.question].text)

    @property
    def answer_text(self) -> str:
        """Return the answer in words."""
        return str(self._of_the_table.label)

    @property
    def follows(self) -> str:
        """Return what follows from the answer; empty when nothing does."""
        return str(self._of_the_table.follows)

    @property
    def _of_the_table(self) -> TableAnswer:
        answers = BY_CODE[self.question].answers
        return next(answer for answer in answers if answer.code == self.answer)
