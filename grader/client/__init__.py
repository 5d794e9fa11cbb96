"""A client for programs that talk to a server: `from grader.client import Client`."""

from grader.client.answers import (
    Assignment,
    AssignmentItem,
    Batch,
    BatchItem,
    BatchPlan,
    Course,
    Exercise,
    ExerciseItem,
    Me,
    Member,
    Overview,
    OverviewStudent,
    Regrade,
    RegradedSubmission,
    Submission,
    SubmissionItem,
)
from grader.client.client import Client
from grader.client.connection import Unencrypted, Unreachable, Unreadable
from grader.client.problem import ApiProblem, ProblemError

__all__ = [
    "ApiProblem",
    "Assignment",
    "AssignmentItem",
    "Batch",
    "BatchItem",
    "BatchPlan",
    "Client",
    "Course",
    "Exercise",
    "ExerciseItem",
    "Me",
    "Member",
    "Overview",
    "OverviewStudent",
    "ProblemError",
    "Regrade",
    "RegradedSubmission",
    "Submission",
    "SubmissionItem",
    "Unencrypted",
    "Unreachable",
    "Unreadable",
]
