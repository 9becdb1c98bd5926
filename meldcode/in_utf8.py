"""What comes is UTF-8, as our pages are: whoever says otherwise is not heard."""

import codecs
import encodings
import pkgutil
from collections.abc import Iterable
from encodings.aliases import aliases

from meldcode.middleware.parts import read_line
from meldcode.watch import Application, Start


def in_utf8(application: Application) -> Application:
    """Return an application that is told of no other code than UTF-8.

    Django believes it while it makes the request, before anything of ours could refuse: on what is
    no code for text (zlib, hex) that breaks, and what is sent back then is no answer of ours.
    """

    def answer(environ: dict[str, object], start_response: Start) -> Iterable[bytes]:
        if not _is_utf8(str(environ.get("CONTENT_TYPE", ""))):
            environ["CONTENT_TYPE"] = "application/octet-stream"
        return application(environ, start_response)

    return answer


def _is_utf8(content_type: str) -> bool:
    """Tell whether a type names no other code that Python knows, in a line that somebody sends."""
    try:
        charset = read_line(content_type)[1].get("charset", "utf-8")
    except ValueError:
        return False
    try:
        return codecs.lookup(charset).name == "utf-8"
    except LookupError:  # Django leaves that out
        return True
    except ValueError:  # no name at all: there it breaks
        return False


# The codes that Python has, by all their names.
_THERE = frozenset(aliases) | {module.name for module in pkgutil.iter_modules(encodings.__path__)}


def _look_up(name: str) -> codecs.CodecInfo | None:
    """Return a code that Python has. Of what it has not, its own search keeps each name for ever.

    Anybody can name codes: in the type of what they send, in what hangs on that, and in each part.
    """
    plain = encodings.normalize_encoding(name)
    is_there = not _THERE.isdisjoint((plain, plain.replace(".", "_")))
    return encodings.search_function(name) if is_there else None


codecs.unregister(encodings.search_function)
codecs.register(_look_up)
