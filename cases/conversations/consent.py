"""Whether a talk of three makes the buurtteam responsible (R21)."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from cases.models import Case, Conversation
from cases.protocol.ages import Party, consent_missing


def handing_over(case: Case, fields: Mapping[str, Any], grounds: str) -> dict[str, bool]:
    """Return how a talk that is filed now hands over: by consent, or on written grounds.

    Only whose consent it takes at the pupil's age counts, and all of them.
    """
    if fields["kind"] != Conversation.Kind.THREE_WAY:
        return {"buurtteam_consent": False, "handed_over_on_grounds": False}
    said = {Party.PARENTS: fields.get("consent_parents"), Party.PUPIL: fields.get("consent_pupil")}
    consented = not consent_missing(case.pupil.age(timezone.localdate()), said)
    return {
        "buurtteam_consent": consented,
        "handed_over_on_grounds": bool(grounds) and not consented,
    }
