"""The tables of the store."""

from grader.store.models.audit import AuditRow
from grader.store.models.base import Table
from grader.store.models.courses import AssignmentRow, CourseRow
from grader.store.models.people import (
    ExtensionRow,
    InvitationRow,
    MembershipRow,
    PersonRow,
    SessionRow,
)
from grader.store.models.submissions import (
    AttemptRow,
    CapacityRow,
    FileRow,
    SubmissionRow,
    VersionRow,
)

__all__ = [
    "AssignmentRow",
    "AttemptRow",
    "AuditRow",
    "CapacityRow",
    "CourseRow",
    "ExtensionRow",
    "FileRow",
    "InvitationRow",
    "MembershipRow",
    "PersonRow",
    "SessionRow",
    "SubmissionRow",
    "Table",
    "VersionRow",
]
