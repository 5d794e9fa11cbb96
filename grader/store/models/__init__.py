"""The tables of the store."""

from grader.store.models.audit import AuditRow
from grader.store.models.base import Table
from grader.store.models.batches import BatchItemRow, BatchRow
from grader.store.models.courses import AssignmentRow, ClosingRow, CourseRow
from grader.store.models.fingerprints import FingerprintRow
from grader.store.models.guises import GuiseRow
from grader.store.models.people import (
    ExtensionRow,
    InvitationRow,
    MembershipRow,
    PersonRow,
    SessionRow,
)
from grader.store.models.regrades import RegradeRow, TrialFileRow, TrialRow
from grader.store.models.requests import RequestRow
from grader.store.models.reviews import CommentRow, OverrideRow, ReviewRow
from grader.store.models.submissions import (
    AttemptRow,
    CapacityRow,
    FileRow,
    SubmissionRow,
    VersionRow,
)
from grader.store.models.tallies import OutcomeRow, TallyDueRow, TallyRow
from grader.store.models.tokens import AccessTokenRow, ExternalIdRow
from grader.store.models.webhooks import DeliveryRow, WebhookRow

__all__ = [
    "AccessTokenRow",
    "AssignmentRow",
    "AttemptRow",
    "AuditRow",
    "BatchItemRow",
    "BatchRow",
    "CapacityRow",
    "ClosingRow",
    "CommentRow",
    "CourseRow",
    "DeliveryRow",
    "ExtensionRow",
    "ExternalIdRow",
    "FileRow",
    "FingerprintRow",
    "GuiseRow",
    "InvitationRow",
    "MembershipRow",
    "OutcomeRow",
    "OverrideRow",
    "PersonRow",
    "RegradeRow",
    "RequestRow",
    "ReviewRow",
    "SessionRow",
    "SubmissionRow",
    "Table",
    "TallyDueRow",
    "TallyRow",
    "TrialFileRow",
    "TrialRow",
    "VersionRow",
    "WebhookRow",
]
