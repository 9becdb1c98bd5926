"""The log, its chain of seals, and what was unusual in it."""

import hashlib
import secrets
import uuid

from auditlog.models import AbstractLogEntry
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.at_rest.fields import NarrativeField
from accounts.models import School
from accounts.roles import Role
from audit.kinds import ABOUT_A_THING, STANDS_OUT, Kind
from audit.querysets import FlagQuerySet, LogManager
from audit.rules import SAYS

# In ``additional_data``: the checksum of a reason that stands in ``TypedReason``.
TYPED = "typed"


class Outlives(models.ForeignKey):
    """A reference that its row outlives: what it points at may go, the row stays as it was."""

    def __init__(self, to: object, **kwargs: object) -> None:
        kwargs.update(on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
        kwargs.setdefault("related_name", "+")
        super().__init__(to, **kwargs)

    def deconstruct(self) -> tuple:
        """Stand in migrations as the plain foreign key that it is there."""
        name, __, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs


class LogEntry(AbstractLogEntry):
    """One row: somebody saw or changed something. Added, never changed or removed (by triggers).

    Beside what auditlog writes it knows the school and the case, so that each trail is one walk of
    an index. ``actor`` is whose trail it stands in: at a failed sign-in the account that was tried.
    """

    content_type = Outlives(ContentType, verbose_name=_("kind of thing"))
    object_pk = models.CharField(max_length=255)
    object_id = models.BigIntegerField(null=True, blank=True)
    action = models.PositiveSmallIntegerField(choices=AbstractLogEntry.Action.choices)
    actor = Outlives(settings.AUTH_USER_MODEL, null=True, blank=True, verbose_name=_("who"))
    cid = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - auditlog's own
    # One of ``Kind``. Not as choices: a new word is no reason to touch this table.
    kind = models.CharField(_("what"), max_length=24)
    school = Outlives(School, null=True, blank=True, verbose_name=_("school"))
    case_reference = models.CharField(_("case"), max_length=8, blank=True)
    # Of a case about somebody who works at the school (R9): for the board's line alone.
    for_board = models.BooleanField(default=False)

    objects = LogManager()

    class Meta(AbstractLogEntry.Meta):
        verbose_name = _("row of the audit")
        verbose_name_plural = _("rows of the audit")
        indexes = (
            models.Index(fields=("school", "-timestamp", "-id"), name="trail_of_school"),
            models.Index(fields=("actor", "-timestamp", "-id"), name="trail_of_person"),
            models.Index(
                fields=("case_reference", "-timestamp", "-id"),
                condition=~models.Q(case_reference=""),
                name="trail_of_case",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.object_repr}"

    @property
    def what(self) -> str:
        """Return what happened, in the words of the page."""
        return str(Kind(self.kind).label)

    @property
    def thing(self) -> str:
        """Return the kind of thing that it is about, if any, in the words of the page."""
        if self.kind not in ABOUT_A_THING:
            return ""
        model = ContentType.objects.get_for_id(self.content_type_id).model_class()
        return str(model._meta.verbose_name) if model else ""

    @property
    def has_reason(self) -> bool:
        """Tell whether somebody typed a reason, also where it went with its case."""
        return not {TYPED, "reason"}.isdisjoint(self.additional_data or {})

    @property
    def reason(self) -> str:
        """Return the reason that somebody typed, if any.

        In rows of before ``TypedReason`` it stands in the row itself.
        """
        said = self.additional_data or {}
        if TYPED not in said:
            return said.get("reason", "")
        typed = getattr(self, "typed", None)
        return typed.text if typed else gettext("The reason was destroyed with the case.")

    @property
    def note(self) -> str:
        """Return what the program itself wrote down: the number of a certificate, a checksum.

        In the words of the page where it is a word (``gettext_noop``).
        """
        note = (self.additional_data or {}).get("note", "")
        return gettext(note) if note else ""

    @property
    def system(self) -> str:
        """Return the name of the other system that did it, if it was one."""
        return (self.additional_data or {}).get("system", "")

    @property
    def whom(self) -> str:
        """Return whose account or role it was, and which (``LogQuerySet.with_whom``)."""
        role = Role(self.whose_role).label if self.whose_role else ""
        return ", ".join(filter(None, (self.whose, str(role))))

    @property
    def stands_out(self) -> bool:
        """Tell whether a screen shows it with weight."""
        return self.kind in STANDS_OUT


def _salt() -> str:
    """Return 128 bits that nobody guesses, in hexadecimal."""
    return secrets.token_hex(16)


class TypedReason(models.Model):
    """What somebody typed when they were asked for a reason: it can name a child.

    Apart from its row, which is never changed or removed, so that it goes with its case. The row
    holds its checksum: ``audit_verify`` tells when another text stands here, or none and its case
    was not destroyed. The salt goes with the text: without it nobody tries what it may have been.
    """

    entry = models.OneToOneField(
        LogEntry,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="typed",
        verbose_name=_("row of the audit"),
    )
    text = NarrativeField(_("reason"))
    # Encrypted too: beside a readable one somebody who has the database could try texts.
    salt = NarrativeField(default=_salt)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")

    def __str__(self) -> str:
        return f"reason of row {self.entry_id}"

    @property
    def checksum(self) -> str:
        """Return the SHA-256 of salt and text, in hexadecimal."""
        return hashlib.sha256(f"{self.salt}{self.text}".encode()).hexdigest()


class Seal(models.Model):
    """One link of the chain: it holds a row of the log and the link before (``audit.chain``)."""

    number = models.BigIntegerField(primary_key=True)
    # The number of the row: no reference, so that the row being gone changes nothing here.
    entry_id = models.BigIntegerField(unique=True)
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class Flag(models.Model):
    """That somebody's reading was unusual on a day at a school, until somebody looked at it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule = models.CharField(max_length=20)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    # About somebody who looks after the trail themselves: the school leader looks at it too.
    of_administrator = models.BooleanField(default=False)
    raised_at = models.DateTimeField(default=timezone.now)
    # Whose mail of it went out, by their numbers; and when everybody's had.
    told = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    told_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # It can name a family: it goes with the cases that it counts (``audit.log.forget_reasons``).
    settled_why = NarrativeField(_("what you found"), blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("unusual reading")
        verbose_name_plural = _("unusual reading")
        ordering = ("-raised_at", "-id")
        constraints = (
            # Once it is settled, as much again on that day is something to look at again.
            models.UniqueConstraint(
                fields=("rule", "user", "school", "day"),
                condition=models.Q(settled_at__isnull=True),
                name="flagged_once",
            ),
            models.CheckConstraint(
                name="settled_flag_says_by_whom",
                condition=models.Q(settled_at__isnull=True) | models.Q(settled_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"flag {self.public_id}"

    @property
    def says(self) -> str:
        """Return what somebody did, as it goes on behind their name."""
        return str(SAYS.get(self.rule, self.rule))

    @property
    def found(self) -> str:
        """Return what somebody found out about a flag that is settled."""
        return self.settled_why or gettext("What was found was destroyed with the case.")


class FlagCase(models.Model):
    """A case that a flag counts: what is kept from who looks at it later is not counted for them.

    By its reference, which outlives the case, as in the log. ``elsewhere``: of another school,
    counted together with those of the flag's own.
    """

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="cases")
    reference = models.CharField(max_length=8)
    elsewhere = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("case of unusual reading")
        verbose_name_plural = _("cases of unusual reading")
        constraints = (models.UniqueConstraint(fields=("flag", "reference"), name="counted_once"),)

    def __str__(self) -> str:
        return f"{self.flag} {self.reference}"


class Look(models.Model):
    """Up to when the log was looked at for unusual reading: one row."""

    at = models.DateTimeField()

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
