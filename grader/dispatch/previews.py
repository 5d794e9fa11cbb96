"""Previews on the web's side: puts them into their streams, and waits for their results."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from celery import Celery
from redis import Redis

from exercises.live import live_seed
from grader.dispatch.capacity import live_workers
from worker.broker import celery_app
from worker.channel import LIVE_QUEUE, LIVE_TASK, PREVIEWING, preview
from worker.live_streams import LiveJob, LiveRecord, LiveState, LiveStreams, Put

log = logging.getLogger(__name__)

#: How often a waiting request looks all the same: a word is lost when Redis restarts.
_LOOK_SECONDS = 0.5

#: Puts the message that a stream has something to do into the queue: owner, stream.
Send = Callable[[str, str], None]


class TooManyPreviews(Exception):
    """As many streams of this owner are under way as may be."""


class NoPreviewWorker(Exception):
    """No worker runs previews now."""


class Previews:
    """Starts previews and follows them; one of it serves all threads of a process.

    Each method may raise RedisError.
    """

    def __init__(self, redis: Redis, send: Send) -> None:
        self._redis = redis
        self._send = send
        self._streams = LiveStreams(redis)

    def start(
        self,
        *,
        owner: str,
        stream: str,
        number: int,
        exercise: str,
        version: str,
        source: str,
        archive: str = "",
    ) -> LiveRecord:
        """Run `source` as the newest of its stream, and end the older one.

        Args:
            owner: whose stream it is; a digest, which the seed follows from too.
            stream: which of the owner's.
            number: rises with each edit.
            exercise: the slug.
            version: of the exercise.
            source: the program as far as it is written.
            archive: the files of that version, a zip archive in base64, where it is an old one.

        Raises:
            NoPreviewWorker: nobody would run it.
            TooManyPreviews: the owner has too many streams under way.
        """
        if not any(live_workers(self._redis, PREVIEWING).values()):
            raise NoPreviewWorker
        job = LiveJob(
            id=secrets.token_urlsafe(18),
            owner=owner,
            stream=stream,
            number=number,
            source=source,
            exercise=exercise,
            exercise_version=version,
            seed=live_seed(owner, exercise),
            archive=archive,
        )
        put = self._streams.put(job)
        if put is Put.BUSY:
            raise TooManyPreviews
        if put is Put.SEND:
            self._send(owner, stream)
        state = LiveState.SUPERSEDED if put is Put.SUPERSEDED else LiveState.WAITING
        return LiveRecord(job.id, number, state)

    def look(self, id_: str) -> LiveRecord | None:
        """What is known of a preview; None where there is none any more."""
        return self._streams.look(id_)

    def wait(self, record: LiveRecord, seconds: float) -> LiveRecord:
        """The preview as soon as it is over, or as it is when `seconds` are."""
        deadline = time.monotonic() + seconds
        with self._redis.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
            channel.subscribe(preview(record.id))
            # The server's answer: from here on no word is missed, so look once more.
            channel.get_message(timeout=_LOOK_SECONDS)
            while True:
                record = self._streams.look(record.id) or record
                left = deadline - time.monotonic()
                if record.state.is_over or left <= 0:
                    return record
                channel.get_message(timeout=min(left, _LOOK_SECONDS))


def sender(broker_url: str) -> Send:
    """Puts messages of previews into the queue at `broker_url`."""
    app: Celery = celery_app(broker_url, PREVIEWING)

    def send(owner: str, stream: str) -> None:
        app.send_task(
            LIVE_TASK,
            kwargs={"owner": owner, "stream": stream},
            queue=LIVE_QUEUE,
            ignore_result=True,
            # Whoever typed has typed on before a second try would come.
            retry=False,
        )

    return send
