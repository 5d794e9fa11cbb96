"""Turns batches into the API's resources, with the addresses filled in."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from grader.api import resources
from grader.collected.archive import PassedOver
from grader.collected.why import SENTENCES
from grader.desks.batches import Plan
from grader.store.batch.entities import Batch, Counts, Item


def batch(entity: Batch, counts: Counts) -> resources.Batch:
    """A batch, with how far it is."""
    return resources.Batch(
        id=entity.id,
        course=entity.course,
        assignment=entity.assignment,
        exercise_version=entity.exercise_version,
        name=entity.name,
        digest=entity.digest,
        stage=entity.stage,
        total=entity.total,
        counts=dict(counts.states),
        graded=counts.graded,
        passed=counts.passed,
        passed_over=_passed_over(entity.passed_over),
        sent_at=entity.sent_at,
        created_at=entity.created_at,
        sent_by=entity.sent_by.person,
        begun_at=entity.begun_at,
        ended_at=entity.ended_at,
        links=resources.BatchLinks(
            self=url_for("batches.show", batch=entity.id),
            items=url_for("batches.items", batch=entity.id),
            table=url_for("batches.table", batch=entity.id),
            assignment=url_for("assignments.show", id=entity.assignment),
            page=url_for("pages.batch", course=entity.course, id_=entity.id),
        ),
    )


def batch_plan(plan: Plan) -> resources.BatchPlan:
    """What would become of an archive."""
    return resources.BatchPlan(
        counts=dict(plan.counts.states),
        items=[batch_item(one) for one in plan.items],
        passed_over=_passed_over(plan.passed_over),
    )


def batch_item(entity: Item) -> resources.BatchItem:
    """A file of a batch."""
    return resources.BatchItem(
        place=entity.place,
        file=entity.file,
        person=entity.person,
        name=entity.name,
        username=entity.username,
        state=entity.state,
        why=entity.why,
        message="" if entity.why is None else SENTENCES[entity.why],
        detail=entity.detail,
        open=entity.is_open,
        submission=_submission(entity),
    )


def _submission(entity: Item) -> resources.BatchSubmission | None:
    summary = entity.summary
    if summary is None:
        return None
    return resources.BatchSubmission(
        id=summary.id,
        state=summary.state,
        verdict=summary.standing_verdict,
        score=summary.counted_score,
        max_score=summary.max_score,
        self=url_for("submissions.show", id=summary.id),
        page=url_for("pages.submission", id_=summary.id),
    )


def _passed_over(found: Iterable[PassedOver]) -> list[resources.PassedOver]:
    return [
        resources.PassedOver(file=one.path, why=one.why, message=SENTENCES[one.why])
        for one in found
    ]
