"""Turns comments, overrides, reviews and the log into the API's resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields

from grader.access.principal import Principal
from grader.api import resources
from grader.store.audit import Entry
from grader.store.review.comments import Comment, Thread
from grader.store.review.overrides import Override
from grader.store.review.reviews import Queued, Review


def comment(entity: Comment, who: Principal) -> resources.Comment:
    """A comment, as somebody reads it."""
    own = entity.person is not None and entity.person == who.id
    return resources.Comment(own=own, **_fields(entity))


def comments(threads: Iterable[Thread], who: Principal) -> resources.CommentList:
    """Threads, each comment with its answers after it."""
    listed = [one for thread in threads for one in (thread.first, *thread.answers)]
    return resources.CommentList(items=[comment(one, who) for one in listed])


def override(entity: Override) -> resources.Override:
    """An override."""
    return resources.Override(**_fields(entity))


def review(entity: Review) -> resources.Review:
    """A request for a review, and its answer."""
    return resources.Review(**_fields(entity))


def queued(entity: Queued) -> resources.QueuedReview:
    """A review in the queue."""
    return resources.QueuedReview(
        **_fields(entity.review),
        exercise=entity.exercise,
        assignment=entity.assignment,
        verdict=entity.verdict,
        score=entity.score,
        max_score=entity.max_score,
    )


def entry(entity: Entry, names: Mapping[str, str]) -> resources.AuditEntry:
    """An entry of the log.

    Args:
        entity: the entry.
        names: of the people in it, by their ids.
    """
    return resources.AuditEntry(
        id=entity.id,
        at=entity.at,
        deed=entity.deed,
        person=entity.actor.person,
        name=names.get(entity.actor.person or ""),
        token=entity.actor.token,
        submission=entity.submission,
        assignment=entity.assignment,
        about=entity.about,
        about_name=names.get(entity.about or ""),
        reason=entity.reason,
        before=dict(entity.before),
        after=dict(entity.after),
    )


def _fields(entity: Comment | Override | Review) -> dict[str, object]:
    return {one.name: getattr(entity, one.name) for one in fields(entity)}
