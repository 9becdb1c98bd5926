"""What accounts tells the rooms above it: they know accounts, it does not know them."""

from django.dispatch import Signal

# ``membership``: one that is over now. Sent in the transaction that ends it; whoever keeps what
# hangs on it (grants, invitations, open tasks) takes it back there and then.
membership_ended = Signal()
