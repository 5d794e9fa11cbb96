"""Turns courses, assignments and people into the API's resources, with the addresses filled in."""

from __future__ import annotations

from collections.abc import Mapping

from flask import url_for

from grader.access.principal import Principal
from grader.api import represent, resources
from grader.desks.courses import Assigned
from grader.store.assignment.assignments import Extension
from grader.store.assignment.standing import Best, Standing
from grader.store.course.courses import Course
from grader.store.course.invitations import Invitation
from grader.store.course.memberships import Member
from grader.store.course.roles import Role


def course(entity: Course, role: Role | None) -> resources.Course:
    """A course, as somebody of this role sees it."""
    return resources.Course(
        id=entity.id,
        title=entity.title,
        time_zone=entity.time_zone,
        role=role,
        created_at=entity.created_at,
        archived_at=entity.archived_at,
        links=resources.CourseLinks(
            self=url_for("courses.show", course=entity.id),
            assignments=url_for("assignments.index", course=entity.id),
        ),
    )


def member(entity: Member, external_ids: Mapping[str, str] | None = None) -> resources.Member:
    """Somebody in a course, as staff see him or her; None: without the external ids."""
    return resources.Member(
        person=entity.person.id,
        name=entity.person.name,
        username=entity.person.username,
        role=entity.role,
        external_ids=None if external_ids is None else dict(external_ids),
        since=entity.since,
        disabled=entity.person.disabled_at is not None,
    )


def invitation(entity: Invitation) -> resources.Invitation:
    """A link into a course, without the link."""
    return resources.Invitation(
        role=entity.role or Role.STUDENT,
        created_at=entity.created_at,
        expires_at=entity.expires_at,
        uses_left=entity.uses_left,
    )


def assignment_item(seen: Assigned) -> resources.AssignmentItem:
    """An assignment in the list of its course."""
    entity, rules = seen.assignment, seen.assignment.rules
    return resources.AssignmentItem(
        id=entity.id,
        course=entity.course,
        exercise=entity.exercise,
        exercise_version=entity.exercise_version,
        title=seen.exercise.title,
        kind=seen.exercise.kind,
        max_score=seen.exercise.max_score,
        position=entity.position,
        opens_at=rules.opens_at,
        due_at=rules.due_at,
        closes_at=rules.closes_at,
        late_penalty=rules.late_penalty,
        attempts=rules.attempts,
        cooldown_seconds=rules.cooldown_seconds,
        release=rules.release,
        released_at=entity.released_at,
        hidden_criteria=list(rules.hidden_criteria),
        standing=standing(seen.standing),
        links=resources.AssignmentLinks(
            self=url_for("assignments.show", id=entity.id),
            course=url_for("courses.show", course=entity.course),
            submissions=url_for("submissions.index", assignment=entity.id),
        ),
    )


def assignment(seen: Assigned, who: Principal) -> resources.Assignment:
    """An assignment by itself; of a quiz with the questions that this person is asked."""
    asked = represent.exercise(seen.exercise, student=who.id or "", course=seen.assignment.course)
    return resources.Assignment(**dict(assignment_item(seen)), asked=asked)


def standing(entity: Standing) -> resources.Standing:
    """How somebody stands in an assignment."""
    return resources.Standing(
        phase=entity.phase,
        due_at=entity.terms.due_at,
        closes_at=entity.terms.closes_at,
        extended=entity.terms.is_extended,
        attempts_used=entity.attempts_used,
        attempts_left=entity.attempts_left,
        next_attempt_at=entity.next_attempt_at,
        pending=entity.pending,
        passed=entity.passed,
        best=None if entity.best is None else _best(entity.best),
        shown=entity.extent,
    )


def extension(person: str, entity: Extension) -> resources.Extension:
    """One student's extension."""
    return resources.Extension(
        person=person,
        due_at=entity.due_at,
        closes_at=entity.closes_at,
        more_attempts=entity.more_attempts,
        reason=entity.reason,
    )


def _best(entity: Best) -> resources.Best:
    return resources.Best(
        submission=entity.submission,
        score=entity.score,
        earned=entity.earned,
        max_score=entity.max_score,
        days_late=entity.lateness.days,
    )
