"""User, School, Buurtteam and Membership."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.drafts.models import Draft
from accounts.managers import UserManager
from accounts.querysets import MembershipQuerySet, RoleInvitationQuerySet, apart
from accounts.roles import Role
from accounts.sso.models import IdentityProvider, ProviderDomain

__all__ = [
    "Board",
    "Buurtteam",
    "Draft",
    "IdentityProvider",
    "Membership",
    "ProviderDomain",
    "RoleInvitation",
    "School",
    "User",
]


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. What they may do follows from memberships, never from this row."""

    class Language(models.TextChoices):
        """The languages of the interface."""

        NL = "nl", "Nederlands"
        EN = "en", "English"

    # Roles that open nothing yet (``querysets.apart``); known once ``current_memberships`` are.
    waiting_memberships: tuple["Membership", ...] = ()

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.NL
    )
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    # Part of what each session is checked against: one more, and all of them are over.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    # When an administrator last took their second factor away: for who comes to lead after that.
    factor_reset_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Codes of the roles of which they closed the first cards (accounts/first_cards.py).
    guides_closed = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ("name",)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what Django holds a session against, on each request: password and epoch."""
        plain = super()._get_session_auth_hash(secret)
        return f"{plain}.{self.session_epoch}"

    def check_password(self, raw_password: str) -> bool:
        """Tell whether it is theirs; one whose hash is of another age is kept anew.

        Unless they chose another at this moment: Django writes over that one what it has read.
        """
        before = self.password

        def keep(right: str) -> None:
            anew = make_password(right)
            mine = User.objects.filter(pk=self.pk, password=before)
            if mine.update(password=anew):
                self.password = anew

        return check_password(raw_password, before, keep)

    def get_full_name(self) -> str:
        """Return the name as one writes it."""
        return self.name

    @cached_property
    def current_memberships(self) -> tuple["Membership", ...]:
        """Return today's memberships, fetched once per user object (that is: per request)."""
        if not self.is_active:
            return ()
        # Not by ``self.memberships``: every page asks this, and that takes a fifth longer.
        return self._own(Membership.objects.of(self.pk))

    def know_memberships(self, found: Iterable["Membership"]) -> None:
        """Take one's memberships (``MembershipQuerySet.of``), read now with something else."""
        self.__dict__["current_memberships"] = self._own(found) if self.is_active else ()

    def _own(self, found: Iterable["Membership"]) -> tuple["Membership", ...]:
        own, self.waiting_memberships = apart(found)
        for membership in own:
            membership.user = self
        return own

    def hold_memberships(self, *others: "User") -> None:
        """Lock one's memberships until the transaction ends, and look at them anew.

        First of all, as it is done where a role ends: what is written was allowed until it stands,
        and what the end of a role takes back is given before it, or not at all. ``others``: whose
        memberships are held too, all in one order, so that nobody waits in a circle; and once one's
        own are free: whoever keeps those busy would keep colleagues from saving by naming them.
        """
        people = (self, *others)
        if connection.in_atomic_block and connection.features.has_select_for_update:
            if others:
                before = transaction.savepoint()
                _hold_roles_of(self)
                transaction.savepoint_rollback(before)  # and lets them go
            _hold_roles_of(*people)
        for person in people:
            person.forget_memberships()

    def forget_memberships(self) -> None:
        """Look at one's memberships anew when they are asked for next.

        Where something is about to be written: a request can last, and a role can end meanwhile.
        """
        self.__dict__.pop("current_memberships", None)
        self.__dict__.pop("opened_in_emergency", None)  # what follows from them (cases/querysets)


def _hold_roles_of(*people: User) -> None:
    # Not against a row that only points at one: who takes somebody's place for a time.
    theirs = Membership.objects.filter(user__in=people).order_by("pk")
    list(theirs.select_for_update(of=("self",), no_key=True).values_list("pk"))


class Buurtteam(models.Model):
    """A neighbourhood team whose family workers are attached to schools."""

    name = models.CharField(_("name"), max_length=120)
    city = models.CharField(_("place"), max_length=80)
    telephone = models.CharField(_("telephone"), max_length=20)

    class Meta:
        verbose_name = _("buurtteam")
        verbose_name_plural = _("buurtteams")

    def __str__(self) -> str:
        return self.name

    @property
    def telephone_href(self) -> str:
        """Return the number as a ``tel:`` link takes it: digits, and a plus in front."""
        return "".join(c for c in self.telephone if c.isdigit() or c == "+")


class Board(models.Model):
    """A school board (bevoegd gezag): what the law holds responsible for its schools' data."""

    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("school board")
        verbose_name_plural = _("school boards")

    def __str__(self) -> str:
        return self.name


class School(models.Model):
    """A school: the boundary that no name crosses by itself."""

    class Kind(models.TextChoices):
        """Primary (po) or secondary (vo) education."""

        PRIMARY = "po", _("Primary education")
        SECONDARY = "vo", _("Secondary education")

    name = models.CharField(_("name"), max_length=120)
    city = models.CharField(_("place"), max_length=80)
    kind = models.CharField(_("kind"), max_length=2, choices=Kind.choices)
    buurtteam = models.ForeignKey(
        Buurtteam,
        verbose_name=_("buurtteam"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="schools",
    )
    board = models.ForeignKey(
        Board,
        verbose_name=_("school board"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="schools",
    )

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A role of a user at one school, or at one buurtteam, during a time."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships"
    )
    buurtteam = models.ForeignKey(
        Buurtteam, null=True, blank=True, on_delete=models.CASCADE, related_name="memberships"
    )
    starts_on = models.DateField(_("from"), default=date.today)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    # Whose place this one takes for a time: a substitute also hears what was meant for them.
    replaces = models.ForeignKey(
        "self",
        verbose_name=_("in the place of"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="substitutes",
    )
    # Empty: before this was kept.
    given_at = models.DateTimeField(null=True, default=timezone.now, editable=False)
    # When it ended, and all sessions with it: it opens nothing any more.
    ended_at = models.DateTimeField(null=True, blank=True)
    # When it was wound up, behind that: grants taken back, tasks handed on.
    wound_up_at = models.DateTimeField(null=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.CheckConstraint(
                name="membership_at_the_place_of_its_role",
                condition=(
                    models.Q(
                        role=Role.BUURTTEAM_WORKER, school__isnull=True, buurtteam__isnull=False
                    )
                    | (
                        ~models.Q(role=Role.BUURTTEAM_WORKER)
                        & models.Q(school__isnull=False, buurtteam__isnull=True)
                    )
                ),
                violation_error_message=_(
                    "A family worker belongs to a buurtteam, every other role to a school."
                ),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_starts",
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message=_("The last day is before the first."),
            ),
            models.UniqueConstraint(
                fields=("user", "school", "role"),
                condition=models.Q(ends_on__isnull=True, school__isnull=False),
                name="one_open_membership_per_school_and_role",
            ),
            models.UniqueConstraint(
                fields=("user", "buurtteam", "role"),
                condition=models.Q(ends_on__isnull=True, buurtteam__isnull=False),
                name="one_open_membership_per_buurtteam_and_role",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.school or self.buurtteam}"

    @property
    def is_to_wind_up(self) -> bool:
        """Tell whether it ended, and what hung on it was not taken back yet."""
        return self.ended_at is not None and self.wound_up_at is None

    @property
    def goes_on_by(self) -> date:
        """Return by which day a role began that goes on from this one, which is over.

        By the calendar that is the day behind its last, however late it was wound up; where it was
        ended, that very day.
        """
        behind = self.ends_on + timedelta(days=1) if self.ends_on else date.max
        return min(behind, timezone.localdate(self.ended_at)) if self.ended_at else behind

    @property
    def place(self) -> School | Buurtteam:
        """Return where the role is held."""
        return self.school or self.buurtteam


class RoleInvitation(models.Model):
    """That somebody, known by their e-mail address alone, may come and take a role.

    The link in the mail holds a secret of which only the hash is kept: whoever reads the database
    cannot accept in somebody's place.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    # The school whose administrator invited; a family worker belongs to its buurtteam.
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="role_invitations")
    buurtteam = models.ForeignKey(
        Buurtteam, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    ends_on = models.DateField(_("until"), null=True, blank=True)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Empty: from the command line, for the first administrator of a school.
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    # When somebody first came by its link, which stands in the history of that browser since.
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = RoleInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to a role")
        verbose_name_plural = _("invitations to a role")
        ordering = ("-invited_at",)

    def __str__(self) -> str:
        return f"role invitation {self.public_id}"


class Telling(models.Model):
    """That people have to hear of something that was done; gone once all did (``people.mails``).

    It holds no word of it, and nobody's address: whom it goes to is looked at when it is told, at
    the schools of when it was done.
    """

    class What(models.TextChoices):
        """What was done."""

        GIVEN = "given", _("a role was given")
        ENDED = "ended", _("a role was ended")
        LATELY = "lately", _("what was changed before somebody came")
        RESET = "reset", _("a second factor was reset")
        SIGN_IN = "sign_in", _("signing in was changed")
        LINKED = "linked", _("a school account signs somebody in")
        OWN = "own", _("somebody changed how they sign in")

    what = models.CharField(max_length=10, choices=What)
    # The key of the membership, the person, the provider or the link.
    about = models.BigIntegerField()
    # The keys of the schools that hear of it.
    schools = models.JSONField(default=list)
    # The keys of those who heard of it.
    told = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    # When whoever did not hear of it is told once more; the page that did it tells at once.
    next_try = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("change that is told")
        verbose_name_plural = _("changes that are told")

    def __str__(self) -> str:
        return f"telling {self.pk}"
