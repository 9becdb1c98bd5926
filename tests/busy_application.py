"""A web application of which one address never answers, for ``test_watch``."""

import os
from collections.abc import Iterable

from meldcode.watch import Start, Watch, watched


def _answer(environ: dict[str, object], start_response: Start) -> Iterable[bytes]:
    while environ["PATH_INFO"] == "/busy/":
        pass
    start_response("200 OK", [])
    return [str(os.getpid()).encode()]


watch = Watch(most=0.2, pause=0.1, grace=0.2)
application = watched(_answer, watch)
watch.start()
