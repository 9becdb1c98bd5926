"""Work that waits until the answer is with whoever asked: what takes time must not tell by it.

Asking for a new password answers at once, whether the address is known or not; only then the mail
goes out. In the web process itself, so that no secret of a link ever lies in a queue; and by a hand
of its own, for the next request that comes along the same line would wait for it.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connections
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

Work = Callable[[], object]

# A mail server that does not answer keeps these waiting, and no page.
HANDS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="after-response")


def after_response(request: HttpRequest, work: Work) -> None:
    """Do some work once the answer was sent. What fails then is written into the log."""
    request.waiting_work.append(work)


class AfterResponseMiddleware:
    """Hands over what waits when the web server closes the answer; stands outside all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Hang the work that came up on the closing of the answer."""
        request.waiting_work = []
        response = self.get_response(request)
        # Where Django keeps what it does at the end; it has no public name for it.
        response._resource_closers += [partial(do, work) for work in request.waiting_work]
        return response


def do(work: Work) -> None:
    """Give some work to a hand that is free."""
    HANDS.submit(_with_a_line_of_its_own, work)


def _with_a_line_of_its_own(work: Work) -> None:
    try:
        logged(work)
    finally:
        connections.close_all()


def logged(work: Work) -> None:
    """Do some work; that it failed stands in the log."""
    try:
        work()
    except Exception as error:
        logger.error("After the answer: %s", type(error).__name__)
