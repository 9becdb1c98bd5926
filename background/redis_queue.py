"""The queue of production: Redis, by kombu's transport, with two things mended.

kombu counts what a worker has in hand until Redis has confirmed that it is done. When Redis does
not answer just then, Celery writes that down and goes on, and the count stays: a worker with one
hand never takes up anything again, though it looks well, and Redis is back.

A Redis that answers and takes nothing, as with a full memory or a full disk behind it, is for
Celery no broken line: its worker ends at the first word that is refused. For us it is one: the
worker waits, connects again and goes on when there is room.
"""

from kombu.transport import redis
from redis.exceptions import ResponseError


class QoS(redis.QoS):
    """What a worker has in hand."""

    def ack(self, delivery_tag: str) -> None:
        """Say that a message is done. Raises what Redis did not take; the hand is free again.

        The message comes back after ``visibility_timeout`` then, and is done a second time: every
        task bears that.
        """
        try:
            super().ack(delivery_tag)
        except Exception:
            self._quick_ack(delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Say that a message is not done. Raises, and frees the hand, as ``ack`` does."""
        try:
            super().reject(delivery_tag, requeue)
        except Exception:
            self._quick_ack(delivery_tag)
            raise


class Channel(redis.Channel):
    """One line to Redis."""

    QoS = QoS


class Transport(redis.Transport):
    """kombu's, with our channel."""

    Channel = Channel
    connection_errors = (*redis.Transport.connection_errors, ResponseError)
