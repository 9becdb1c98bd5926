"""The embedded queue: messages as files in a folder, for a machine without Redis.

kombu's own leaves half a file behind when the disk is full: a worker that finds such a message
ends, and with half a table nobody can put anything in any more. Ours shows a file when it is whole.
"""

import json
import os
import tempfile
import time
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem


def write_whole(path: Path, text: str) -> None:
    """Write a file, or nothing. Raises ``OSError`` when there is no room, and leaves no piece."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            file.write(text.encode())
        if Path(name).stat().st_size != len(text.encode()):
            raise OSError("written in part")
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class Channel(filesystem.Channel):
    """One end of the folder."""

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        """Note which queue takes the messages of an exchange."""
        self.control_folder.mkdir(parents=True, exist_ok=True)
        row = [routing_key or "", pattern or "", queue or ""]
        table = [list(known) for known in self.get_table(exchange)]
        if row not in table:
            write_whole(self._exchange_file(exchange), json.dumps([row, *table]))

    def get_table(self, exchange: str) -> list[Any]:
        """Return which queues take the messages of an exchange; what cannot be read is none."""
        try:
            return super().get_table(exchange)
        except ValueError:
            return []

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        """Put a message in. Its name orders it by when it came."""
        name = f"{time.time_ns()}_{os.urandom(8).hex()}.{queue}.msg"
        write_whole(Path(self.data_folder_out) / name, json.dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Take the next message out; of one that cannot be read nothing is left to be done."""
        try:
            return super()._get(queue)
        except ValueError:
            raise Empty from None


class Transport(filesystem.Transport):
    """kombu's, with our channel."""

    Channel = Channel
