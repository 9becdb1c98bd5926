"""What accounts tells the rooms above it: they know accounts, it does not know them."""

from django.dispatch import Signal

# ``membership``: one that ended. Sent in a transaction of its own, mostly at once, behind the end;
# whoever keeps what hangs on it (grants, invitations, open tasks) takes it back there. Nothing of
# that may open anything without the role.
membership_ended = Signal()

# ``membership``: one that was given. Sent in the transaction that gives it.
membership_began = Signal()

# A role, a second factor or a way of signing in was changed, which ``people`` of a ``school`` hear
# of (keys), by a mail that may not arrive. ``by``: who did it, if known. ``key``: of that change.
people_changed = Signal()

# A session of ``session_key`` was ended by its owner; ``user`` ended all but that of ``request``.
session_ended = Signal()
others_ended = Signal()

# The session of ``session_key`` has the key ``new`` from now on.
session_renewed = Signal()

# ``user`` looked at the people of ``schools``, or at one of them (``person``); ``all_shown``: they
# got a page that names them all.
people_seen = Signal()

# ``user`` took away the second factor of ``person``, who works at ``school``.
second_factor_reset = Signal()

# ``user`` gave or ended (``kind`` "made" or "changed") the role of a family worker, ``membership``,
# for ``school``: the role is that of a buurtteam, which several schools share.
team_role_changed = Signal()

# ``user`` put in another secret of a ``provider`` that signs in people of their school.
provider_secret_changed = Signal()

# ``user``, who is signed in and holds no role any more, asked for a page that needs one.
turned_away = Signal()
