"""How many hands of the web wait at once for somebody who fetches something large.

What is larger than the proxy takes at once (``response_buffers`` of deploy/Caddyfile) keeps a hand
until it is read to its end, and nobody reads what they asked for to keep everybody out.
"""

import weakref
from collections.abc import Callable
from threading import BoundedSemaphore

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

NONE_FREE = _("Another large file is being fetched at this moment. Try again in a few minutes.")
# Of each web process, which has four hands (Dockerfile).
AT_ONCE = 1

_free = BoundedSemaphore(AT_ONCE)


def handed_over(make: Callable[[], HttpResponseBase]) -> HttpResponseBase | None:
    """Return an answer that may be large, of which a process has one at a time.

    None: another one is being fetched; nothing was made.
    """
    if not _free.acquire(blocking=False):
        return None
    try:
        response = make()
    except BaseException:
        _free.release()
        raise
    # Once, whoever comes first: the server that is done with it, or Python that throws it away.
    response._resource_closers.append(weakref.finalize(response, _free.release))
    return response
