"""Work that waits until the answer is with whoever asked: what takes time must not tell by it.

Asking for a new password answers at once, whether the address is known or not; only then the mail
goes out. In the web process itself, so that no secret of a link ever lies in a queue.
"""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

Work = Callable[[], object]


def after_response(request: HttpRequest, work: Work) -> None:
    """Do some work once the answer was sent. What fails then is written into the log."""
    request.waiting_work.append(work)


class AfterResponseMiddleware:
    """Does what waits when the web server closes the answer; stands outside all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hang the work that came up on the closing of the answer."""
        request.waiting_work = []
        response = self.get_response(request)
        # Where Django keeps what it does at the end; it has no public name for it.
        response._resource_closers += [_logged(work) for work in request.waiting_work]
        return response


def _logged(work: Work) -> Work:
    def run() -> None:
        try:
            work()
        except Exception as error:
            logger.error("After the answer: %s", type(error).__name__)

    return run
