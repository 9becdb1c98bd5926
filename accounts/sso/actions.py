"""Letting somebody in by the word of their school, and changing whose word is taken."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from allauth.account.internal.emailkit import valid_email_or_none
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from requests import RequestException

from accounts import access, second_factor
from accounts.access import Permission
from accounts.errors import ActionError
from accounts.models import IdentityProvider, Membership, ProviderDomain, School, User
from accounts.people import mails
from accounts.people.actions import join
from accounts.people.names import holds_link
from accounts.signals import provider_secret_changed
from accounts.sso import discovery
from accounts.sso.kinds import KINDS, Claims, domain_of
from accounts.sso.saml import keys
from accounts.tables import one_line

ANOTHERS_DOMAIN = gettext_lazy(
    "People of another school board use this domain: %(domain)s. Ask who runs Meldcode."
)


class Refused(Exception):
    """Somebody whom their school signed in and who does not come in here. For the log only."""


def admit(provider: IdentityProvider, sub: str, claims: Claims) -> SocialAccount:
    """Return the link to the account of whoever the provider signed in.

    Raises ``Refused`` for whoever is not let in, and leaves nothing behind then.
    """
    try:
        with transaction.atomic():
            return _admit(provider, sub, claims)
    except IntegrityError as error:
        raise Refused("came twice at once") from error


def _admit(provider: IdentityProvider, sub: str, claims: Claims) -> SocialAccount:
    if not provider.rules.is_of_school(claims, provider.home_organization):
        raise Refused("nobody of the staff of this school")
    link = _link(provider, sub)
    user = link.user if link else _first_time(provider, claims)
    if not is_vouched_for(user, provider.trust):
        raise Refused("not one whom this provider may vouch for")
    if link is None:
        link = SocialAccount.objects.create(provider=provider.trust, uid=sub, user=user)
        mails.tell(mails.What.LINKED, link.pk)
    return link


def _link(provider: IdentityProvider, sub: str) -> SocialAccount | None:
    """Return the link of whoever the provider signed in, with its owner held; None: the first time.

    A reset of their second factor at this very moment cuts it before, or ends the session that
    begins here: it is of the person as they were.
    """
    links = SocialAccount.objects.filter(provider=provider.trust, uid=sub)
    owner = links.values_list("user_id", flat=True).first()
    if owner is None:
        return None
    person = User.objects.select_for_update().get(pk=owner)
    link = links.filter(user=person).first()
    if link is None:
        raise Refused("the link was cut at this moment")
    link.user = person
    return link


def _first_time(provider: IdentityProvider, claims: Claims) -> User:
    """Return the user of the address that the provider vouches for; an invited one is made."""
    claimed = provider.rules.address(claims, provider.domain_names)
    address = (valid_email_or_none(claimed) or "").lower() if isinstance(claimed, str) else ""
    # In small letters the Kelvin sign is a k: a look-alike would be somebody else's address.
    if not address or not str(claimed).isascii() or domain_of(address) not in provider.domain_names:
        raise Refused("no address that it may vouch for")
    name = _name(claims)
    trusting = IdentityProvider.objects.of_domain(domain_of(address)).filter(trust=provider.trust)
    here = User.objects.filter(email=address).first()
    if here is not None:
        _check_first_link(provider, here)
    # Whoever has an account says yes to an invitation themselves, by its link: else a provider
    # would for them.
    if here is None:
        for each in trusting.filter(_of_board(provider.school)).select_related("school"):
            join(email=address, name=name, school=each.school)
    if here is not None:
        # Once more, locked: a reset of their second factor at this very moment comes first.
        User.objects.select_for_update().get(pk=here.pk)
        _check_first_link(provider, here)
    user = here or User.objects.filter(email=address).first()
    if user is None:
        raise Refused("nobody invited")
    return user


def _name(claims: Claims) -> str:
    """Return what a provider calls somebody, on one line as in a list of people: it stands in
    mails, where more lines could pass for ours. Empty for what is no name.
    """
    said = claims.get("name")
    longest = User._meta.get_field("name").max_length
    name = one_line(said)[:longest].strip() if isinstance(said, str) else ""
    return "" if holds_link(name) else name


def _check_first_link(provider: IdentityProvider, user: User) -> None:
    """Raise ``Refused`` unless an account that is here already may be opened by its address, once.

    It must have a second factor, that is asked next: else whoever sets how people sign in and
    resets second factors could come in as anybody of the school.
    """
    if not second_factor.has_one(user):
        raise Refused("no second factor yet")
    if SocialAccount.objects.filter(provider=provider.trust, user=user).exists():
        # The address was given to somebody else: its owner is known by another id.
        raise Refused("known by another id")


def is_vouched_for(user: User, trust: str) -> bool:
    """Tell whether a provider may say that somebody is this user, today.

    Only somebody whose every role is at a school that trusts this very provider: else one school's
    administrator could come in as somebody who reaches another school's children.
    """
    trusting = IdentityProvider.objects.of_domain(domain_of(user.email)).filter(trust=trust)
    schools = set(trusting.values_list("school_id", flat=True))
    held = user.current_memberships  # none of somebody whose account is closed
    # Also those that open nothing yet: this very session would reach them in some minutes.
    reached = (*held, *user.waiting_memberships)
    return bool(held) and all(role.school_id in schools for role in reached)


def check(user: User, school: School) -> None:
    """Raise ``PermissionDenied`` unless the user sets how people sign in at the school, now."""
    access.check_school(user, Permission.SET_SIGN_IN, school.pk)


def add(school: School, by: User, key: UUID, **fields: Any) -> IdentityProvider:
    """Let a school trust a provider. Raises ``ActionError`` when nothing answers there as one."""
    check(by, school)
    issuer = _issuer(fields["kind"], fields["location"])
    with transaction.atomic():
        check(by, school)  # the provider answers when it likes, and a role can end meanwhile
        # Two clicks at once: one provider.
        School.objects.select_for_update(no_key=True).get(pk=school.pk)
        added = IdentityProvider.objects.filter(idempotency_key=key, school=school).first()
        if added is not None:
            return added
        return _save(IdentityProvider(school=school, idempotency_key=key), by, issuer, fields)


def change(provider: IdentityProvider, by: User, **fields: Any) -> IdentityProvider:
    """Change a provider; an empty secret keeps the one there is.

    With another issuer or client id it is another provider: who was linked is linked no more.
    Raises ``ActionError`` when nothing answers there as one.
    """
    check(by, provider.school)
    issuer = _issuer(fields["kind"], fields["location"])
    with transaction.atomic():
        check(by, provider.school)
        locked = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
        before, secret = locked.trust, locked.encrypted_secret
        saved = _save(locked, by, issuer, fields)
        if saved.trust != before and not IdentityProvider.objects.filter(trust=before).exists():
            SocialAccount.objects.filter(provider=before).delete()
        if saved.encrypted_secret != secret:
            provider_secret_changed.send(sender=IdentityProvider, user=by, provider=saved)
    return saved


@transaction.atomic
def switch(provider: IdentityProvider, by: User, *, on: bool) -> None:
    """Switch a provider on or off; whoever came in through it is signed out by the middleware."""
    check(by, provider.school)
    locked = IdentityProvider.objects.select_for_update().get(pk=provider.pk)
    if locked.is_active == on:
        return
    if on:
        _check_domains(locked, locked.domain_names)
        _check_people(locked.school, locked.domain_names)
    locked.is_active, locked.changed_at = on, timezone.now()
    locked.save(update_fields=["is_active", "changed_at"])
    mails.tell(mails.What.SIGN_IN, locked.pk, by=by)


def _issuer(kind: str, location: str) -> str:
    """Return the issuer as the provider itself writes it, after asking it."""
    issuer = KINDS[kind].issuer(location)
    if issuer is None:
        raise ActionError(
            _("Fill in the tenant ID (Entra), or the address (others)."), field="location"
        )
    if KINDS[kind].is_saml:
        return issuer  # nothing is fetched: what counts was typed, with its certificate
    try:
        return discovery.read(issuer)["issuer"]
    except RequestException as error:
        raise ActionError(
            _("This address does not answer as an OpenID Connect provider."), field="location"
        ) from error


def _save(
    provider: IdentityProvider, by: User, issuer: str, fields: dict[str, Any]
) -> IdentityProvider:
    before = _state(provider) if provider.pk else None
    _check_secret(provider, issuer, fields)
    provider.kind, provider.name = fields["kind"], fields["name"]
    provider.issuer = issuer
    for name in ("client_id", "sign_in_url", "certificate", "home_organization"):
        setattr(provider, name, fields.get(name, ""))
    provider.trust = provider.own_trust
    _keep_secret(provider, fields.get("client_secret", ""))
    same = IdentityProvider.objects.filter(school=provider.school, trust=provider.trust)
    if same.exclude(pk=provider.pk).exists():
        if provider.rules.is_saml:
            raise ActionError(_("Your school has Entree Federatie already, like this."), "location")
        raise ActionError(_("This provider is there already, with this client ID."), "client_id")
    if provider.is_active:
        _check_domains(provider, fields["domains"])
    known = set(provider.domain_names) if provider.pk else set()
    _check_people(provider.school, sorted(set(fields["domains"]) - known))
    provider.save()
    provider.domains.exclude(domain__in=fields["domains"]).delete()
    for domain in set(fields["domains"]) - set(provider.domain_names):
        ProviderDomain.objects.create(provider=provider, domain=domain)
    if _state(provider) != before:
        IdentityProvider.objects.filter(pk=provider.pk).update(changed_at=timezone.now())
        mails.tell(mails.What.SIGN_IN, provider.pk, by=by)
    return provider


def _check_people(school: School, domains: Collection[str]) -> None:
    """Raise ``ActionError`` when people of another board sign in with addresses of a domain.

    Nobody leads a stranger's people from our page to a page of their own.
    """
    current = Membership.objects.current()
    here = _of_board(school)
    elsewhere = current.exclude(here).exclude(user__in=current.filter(here).values("user"))
    for domain in domains:
        if elsewhere.filter(user__email__iendswith=f"@{domain}").exists():
            raise ActionError(ANOTHERS_DOMAIN % {"domain": domain}, field="domains")


def _of_board(school: School) -> Q:
    """Return what holds of what is of a school, or of one of its board."""
    return Q(school=school) | Q(school__board__isnull=False, school__board=school.board_id)


def _check_secret(provider: IdentityProvider, issuer: str, fields: dict[str, Any]) -> None:
    """Raise ``ActionError`` where the secret that is kept would go to another than it is of.

    Whoever trades a code for a token is sent it: so an administrator would read what a colleague
    typed, by a provider of their own.
    """
    elsewhere = provider.pk is not None and issuer != provider.issuer
    if elsewhere and not KINDS[fields["kind"]].is_saml and not fields.get("client_secret"):
        raise ActionError(
            _("This is another provider: fill in its own secret. The one there is stays ours."),
            field="client_secret",
        )


def _keep_secret(provider: IdentityProvider, typed: str) -> None:
    """Keep the secret that was typed; of SAML, make our own key, once."""
    if provider.rules.is_saml:
        if not provider.encrypted_secret:
            provider.secret = keys.new_key(str(provider.public_id))
    # Encrypting the same secret once more would be another text: not a change.
    elif typed and (not provider.pk or typed != provider.secret):
        provider.secret = typed


def _state(provider: IdentityProvider) -> tuple[Any, ...]:
    fields = (provider.kind, provider.name, provider.trust, provider.sign_in_url)
    return (*fields, provider.encrypted_secret, *provider.domain_names)


def _check_domains(provider: IdentityProvider, domains: Collection[str]) -> None:
    """Raise ``ActionError`` when people of a domain would not know which provider is theirs.

    The same one of a school of another board is another: all by which one is known is public, and
    whoever named it first would lead this school's people where they like, and take them in.
    """
    own = _of_board(provider.school)
    others = IdentityProvider.objects.active().exclude(own, trust=provider.trust)
    taken = ProviderDomain.objects.filter(
        domain__in=domains, provider__in=others.exclude(pk=provider.pk)
    ).first()
    if taken is not None:
        raise ActionError(
            _("Another provider signs in people of this domain: %(domain)s.")
            % {"domain": taken.domain},
            field="domains",
        )
