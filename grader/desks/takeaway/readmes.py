"""What stands in the README.txt of each archive, for whoever opens it in ten years."""

from __future__ import annotations

from datetime import datetime

from grader.exports.summed_folder import SUMS
from grader.store.course.courses import Course
from grader.store.takeaway.collection import WhichWork

_WHICH = {
    WhichWork.ALL: "all submissions",
    WhichWork.LATEST: "of each person and assignment the newest submission",
    WhichWork.COUNTING: "of each person and assignment the submission that counts",
}
_SUBMISSION = """\
A folder of a submission is named by the time (UTC) at which it came and its id:

    submission.json   when it came, its state, its score, and what of that counts
    EXERCISE.py       what was sent; of a quiz EXERCISE.json, the answers
    report.json       the report: all that was found, and the seed that repeats it
{figures}    earlier/          reports that a newer grading has replaced
    comments.json     what was written on it; points.json what staff gave in place of the
                      grader's points; reviews.json what was asked to be looked at again
"""
_FIGURES = """\
    figures/          density.png as it was drawn when it was graded. Of the other figures there
                      are the numbers that they are drawn from (.npz, NumPy); the service draws
                      them when somebody looks
"""
_CHECKED = f"""\
To see whether all files came through, run in this folder:

    sha256sum --check {SUMS}
"""


def of_course(course: Course, which: WhichWork, *, figures: bool, now: datetime) -> str:
    """Of the archive of a course."""
    return f"""{course.title}

All that the course {course.id} holds, taken on {now:%Y-%m-%d at %H:%M} UTC:
{_WHICH[which]}, {"with" if figures else "without"} figures.
It holds names, grades and programs: keep it as private as the service.

    course.json       what the course is, and what this archive was asked to hold
    people.csv        who is in it, and the folder of each; "left": who has left it
    grades.csv        what counts for each student, after late penalties; empty: no grade
    assignments/      a folder for each: assignment.json (its rules, and who was given more
                      time), exercise/VERSION/ (what was asked, at each version that graded,
                      without answers), and students/PERSON/ with the submissions

{_SUBMISSION.format(figures=_FIGURES if figures else "")}
To repeat a grade, install the grader (pip install pushforward) and run, in the folder of an
assignment, with the seed of the report:

    grader check students/PERSON/SUBMISSION/EXERCISE.py --exercises exercise/VERSION \\
           --exercise EXERCISE --seed SEED

Quizzes, and exercises that are judged at held-out points, are graded by the service alone.

What is left out: passwords, sessions and tokens; what webhooks have sent; the course's log; trial
gradings that nobody has applied. What was handed in after the time above may be missing.

{_CHECKED}"""


def of_results(title: str, course: Course, now: datetime) -> str:
    """Of the results of a class."""
    return f"""{title}, {course.title}

The results of each student as Gradescope reads them (results.json), of the submission that
counts, taken on {now:%Y-%m-%d at %H:%M} UTC. summary.json lists all students, those without a
result too: there "results" is null, which is no zero.

{_CHECKED}"""


def of_student(name: str, course: Course, now: datetime) -> str:
    """Of what a course holds of a student."""
    return f"""{name}, {course.title}

All that the course {course.id} holds of {name}, taken on {now:%Y-%m-%d at %H:%M} UTC.

    person.json       name, account and role
    assignments/      a folder for each assignment with all submissions to it
    trials/           figures of trial gradings of these, while a regrade is under way
    *.json            rows of the service's tables, named by what they are: extensions, external
                      ids, tallies, what was sent to other programs, and the course's log as far
                      as it is of this person

{_SUBMISSION.format(figures=_FIGURES)}
What is left out: hashes of passwords, of tokens and of the code's parts, which are made from what
is here and say nothing by themselves; answers to requests that are kept for two days; likeness to
the work of others, which is computed when somebody looks. The account itself (sessions, what was
practised, other courses) belongs to the person, who can take it away from the account's page.

{_CHECKED}"""


def of_oneself(name: str, now: datetime) -> str:
    """Of what is held of somebody, for that person."""
    return f"""{name}

All that this service holds of you, taken on {now:%Y-%m-%d at %H:%M} UTC.

    person.json       your name and your account
    courses/          a folder for each course, with your submissions to each assignment
    practice/         what you sent outside courses
    *.json            rows of the service's tables, named by what they are

{_SUBMISSION.format(figures=_FIGURES)}
What your teachers have not shown you yet is left out, as on the pages: take it away again when it
is. Then there is receipt.json in place of report.json. Left out as well: hashes of your password
and tokens; numbers made from your programs by which they are compared; answers to requests that
are kept for two days; reasons that teachers noted for themselves. Drafts are in your browser alone.

{_CHECKED}"""
