"""What several pages of this room say in the same words."""

from django.utils.translation import gettext_lazy

LOOK_OVER = gettext_lazy(
    "The marked words are replaced. Read the text once more, and then send it."
)
