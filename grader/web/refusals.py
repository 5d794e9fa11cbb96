"""Refusals in the reader's language: what the desks say in English, where a page shows it.

The interface says everything in English, for programs too. Sentences that are always the same are
translated here; what is quoted or counted in others stays as the interface says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_babel import gettext
from markupsafe import Markup, escape

from grader.desks.problems import BODY_LIMIT_BYTES, ProblemType
from grader.web.language import language
from grader.web.visible import visible
from grader.web.words import whole
from worker.source import SOURCE_BYTES


def N_(text: str) -> str:  # noqa: N802 - by this name babel finds what is translated later
    """The text itself."""
    return text


#: By slug the title and the advice of the kinds of problem that come on pages.
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "not-utf-8": (
            N_("The body is not UTF-8 text"),
            N_(
                "Save the file as UTF-8 and send it again. Most editors offer this under “Save "
                "with encoding”."
            ),
        ),
        "invalid": (
            N_("A field or parameter does not fit"),
            N_(
                "Each entry of “errors” says which field or parameter is meant and what it "
                "should hold. The fields are described in the API's OpenAPI document at "
                "/api/v1/openapi.json."
            ),
        ),
        "source-too-long": (
            N_("The source is too long"),
            N_(
                "A source may have %(source)s bytes of UTF-8 text. Leave out data that was "
                "pasted into the code: weights can be drawn with np.random.default_rng(0) "
                "instead of being listed."
            ),
        ),
        "body-too-large": (
            N_("The request is too large"),
            N_(
                "A request may have %(body)s bytes, and the source in it %(source)s. The "
                "archive of a class may be larger: whoever runs the service says how large. "
                "Send it in parts."
            ),
        ),
        "unknown-exercise": (
            N_("There is no such exercise"),
            N_(
                "The exercises are listed at /api/v1/exercises. A submission names one of them "
                "by its slug; without a name it goes to the playground."
            ),
        ),
        "exercise-changed": (
            N_("The exercise has changed since you opened it"),
            N_(
                "Open the exercise again and send your answer to what is asked now. Nothing was "
                "accepted, and no attempt is spent."
            ),
        ),
        "not-graded": (
            N_("There is no grade yet"),
            N_(
                "Ask again when the submission is graded: its own address says how far it is. "
                "Where the grader itself failed, it grades again by itself."
            ),
        ),
        "not-released": (
            N_("The grade is not shown yet"),
            N_(
                "The assignment says when grades are shown. What you sent was received, and its "
                "own address says whether it ran."
            ),
        ),
        "review-open": (
            N_("A review is open already"),
            N_(
                "Wait for its answer. What you want to add can be said there, or in an answer "
                "to a comment."
            ),
        ),
        "review-answered": (
            N_("The review is answered already"),
            N_(
                "Read it again: somebody else has answered it meanwhile. A comment can add to that."
            ),
        ),
        "exercise-unavailable": (
            N_("The exercise is being changed"),
            N_(
                "Its files were changed while the service runs, and whoever runs it has to "
                "restart it. Nothing was accepted, and no attempt is spent: keep your answer "
                "and send it again later."
            ),
        ),
        "unknown-assignment": (
            N_("There is no such assignment"),
            N_(
                "Your assignments are listed under the courses at /api/v1/courses. Nothing was "
                "accepted."
            ),
        ),
        "not-open": (
            N_("The assignment is not open yet"),
            N_(
                "Send it again once the assignment has opened. Nothing was accepted, and no "
                "attempt is spent."
            ),
        ),
        "closed": (
            N_("The assignment is closed"),
            N_("Nothing was accepted. Who teaches the course can give you an extension."),
        ),
        "no-attempts-left": (
            N_("You have no attempts left"),
            N_(
                "Nothing was accepted; the best of your submissions counts. What was not "
                "gradable and what failed on our side has cost no attempt. Who teaches the "
                "course can give you further ones."
            ),
        ),
        "cooling-down": (
            N_("The next attempt comes too soon"),
            N_(
                "Wait as long as Retry-After says, and read the last report meanwhile. Nothing "
                "was accepted, and no attempt is spent."
            ),
        ),
        "archived": (
            N_("The course is over"),
            N_("All of it can still be read. Nothing was accepted."),
        ),
        "taken": (
            N_("There is one of this name already"),
            N_("Choose another name."),
        ),
        "answered": (
            N_("The assignment has been answered"),
            N_(
                "What was handed in must keep its rules. Close the assignment instead: set "
                "“closes_at”."
            ),
        ),
        "course-busy": (
            N_("Something of the course is under way"),
            N_(
                "Wait until all that was handed in is graded, and apply or cancel what is not "
                "over: regrades, and batches. Nothing was changed."
            ),
        ),
        "regrade-stage": (
            N_("The regrade is not at the stage for this"),
            N_(
                "Read it again: “stage” says how far it is. It can be applied once its trials "
                "have ended, and cancelled until it is applied."
            ),
        ),
        "batch-stage": (
            N_("The batch is not at the stage for this"),
            N_(
                "Read it again: “stage” says how far it is. It can be changed and begun while "
                "it is planned, and cancelled until all of it is handed in."
            ),
        ),
        "not-failed": (
            N_("The grader has not failed on it"),
            N_(
                "Only what ended in a failure of ours is graded again so; it may be under way "
                "already. To grade by another version of the exercise, begin a regrade."
            ),
        ),
        "too-many-archives": (
            N_("Too many archives go out at once"),
            N_(
                "Ask again after the seconds that Retry-After says. Only a few archives go out "
                "at a time, and one of each person, so that the pages stay fast."
            ),
        ),
        "not-found": (
            N_("There is nothing at this address"),
            N_(
                "Check the address for a missing or extra character. What belongs to somebody "
                "else is not shown either: sign in as whoever may see it. To a program, the "
                "Location header of the answer that accepted a submission tells its address."
            ),
        ),
        "method-not-allowed": (
            N_("This address does not take that method"),
            N_("The Allow header of the answer lists the methods that the address takes."),
        ),
        "bad-cursor": (
            N_("The cursor is not one of ours"),
            N_(
                "Take “before” from the “next” link of the page before, unchanged, or leave it "
                "out to start at the newest submission."
            ),
        ),
        "cross-site": (
            N_("The request came from another site"),
            N_(
                "Another web page tried to submit something in your name. If it was you, open "
                "this service's own page and submit there."
            ),
        ),
        "sign-in-required": (
            N_("Sign in first"),
            N_(
                "Open /sign-in in your browser. Who has no account gets one by the link that "
                "the course gives."
            ),
        ),
        "not-allowed": (
            N_("This is not for you"),
            N_(
                "Your account may not see or do this. If it should, ask whoever teaches the course."
            ),
        ),
        "in-guise": (
            N_("You see the course as a student does"),
            N_(
                "Nothing can be sent meanwhile, and only what the student sees of this course "
                "can be opened. The button at the top of each page leads back; a program leaves "
                "out the header See-As."
            ),
        ),
        "stale-page": (
            N_("The page is out of date"),
            N_(
                "You may have signed in or out in another window since you opened it. Copy what "
                "you wrote, load the page again and send it from there. Your browser must "
                "accept cookies."
            ),
        ),
        "too-many-tries": (
            N_("Too many tries"),
            N_(
                "Wait as long as Retry-After says, then try again. Who has forgotten a password "
                "can ask whoever teaches the course for a link to choose a new one."
            ),
        ),
        "too-many-requests": (
            N_("Too many requests"),
            N_(
                "Wait as long as Retry-After says. The RateLimit header of each answer says how "
                "many are left. Nothing was accepted."
            ),
        ),
        "bad-request": (
            N_("The request cannot be read"),
            N_("Something is wrong with the request as HTTP. Try again, or with another client."),
        ),
        "store-unavailable": (
            N_("The database does not answer"),
            N_(
                "This is our failure. Nothing was accepted, so keep your code and send it again "
                "in a minute."
            ),
        ),
        "internal-error": (
            N_("Something went wrong on our side"),
            N_(
                "This is our failure, and it is in our log under the request's id. Try again; "
                "if it comes back, tell whoever runs this service the request id."
            ),
        ),
    }
)

#: Sentences about one request, or about one field of it.
SENTENCES = (
    N_("This is required."),
    N_("There is nothing of this name here."),
    N_("This may not hold control characters or line breaks."),
    N_("One field or parameter does not fit."),
    N_("There is a course of this id already."),
    N_("This must be a line of what was sent."),
    N_("This must be a whole number."),
    N_("This must be one of those in the form."),
    N_("This must be the name of whom you erase."),
    N_("This must be the title of the course."),
    N_("This must not be in the future."),
    N_("Nobody can sign in as this person any more."),
    N_("Only students are erased: take the role away first."),
    N_("The assignment asks for another version by now."),
    N_("The course has no such student."),
    N_("The course holds nothing of such a person."),
    N_("The course is over: nobody can join it."),
    N_("The course is over: nothing can be handed in."),
    N_("The course of this assignment is over."),
    N_("The cursor is not one of ours."),
    N_("The database does not answer. Nothing was accepted."),
    N_("The file is not UTF-8. Export it again, with no spreadsheet in between."),
    N_("The grader has not failed on this submission."),
    N_("The grades of this assignment are shown later."),
    N_("The name is not that of this student."),
    N_("The review has its answer already."),
    N_("The seed is not one."),
    N_("The title is not that of this course."),
    N_("There are submissions to this assignment."),
    N_("There is no exercise of this name."),
    N_("There is no report yet."),
    N_("There is no submission of this id."),
    N_("There is no such assignment."),
    N_("There is no such attempt."),
    N_("There is no such batch."),
    N_("There is no such choice."),
    N_("There is no such course."),
    N_("There is no such delivery."),
    N_("There is no such regrade."),
    N_("There is no such student in such a course."),
    N_("There is no such version of the exercise."),
    N_("There is no such webhook."),
    N_("There is nobody of this id in the course."),
    N_("There is nobody of this id."),
    N_("There is nothing at this address."),
    N_("These criteria can not be hidden so."),
    N_("This is not for you to see or to do."),
    N_("This submission answers to no assignment."),
    N_(
        "What was sent does not belong to a page that is open in this browser now. Nothing was "
        "changed."
    ),
    N_("You are not in this course."),
    N_("You have asked for a review of this submission already."),
    N_("You have no assignment of this id."),
    N_("The late penalty is a share of the score, from 0 to 1."),
    N_("Grades that are released after it closes need a deadline."),
    N_("It must open before the deadline."),
    N_("It must open before it closes."),
    N_("It must not close before the deadline."),
    N_("A late penalty needs a deadline, and a later moment at which it closes."),
)
#: What some of the advice counts.
_LIMITS = {"source": SOURCE_BYTES, "body": BODY_LIMIT_BYTES}
_COUNTS = {name: f"{count:,}" for name, count in _LIMITS.items()}


def title(kind: ProblemType) -> Markup:
    """What a kind of problem is called."""
    return said(kind.title)


def advice(kind: ProblemType) -> Markup:
    """What the reader can do about it."""
    known = KINDS.get(kind.slug)
    if known is None or known[1] % _COUNTS != kind.advice or gettext(known[1]) == known[1]:
        return said(kind.advice)
    counts = {name: whole(count) for name, count in _LIMITS.items()}
    return _marked(kind.advice, gettext(known[1]) % counts)


def said(sentence: str) -> Markup:
    """A sentence of the desks, as HTML: translated, or else marked as English."""
    # The catalogue has its own header under "".
    return _marked(sentence, gettext(sentence)) if sentence else Markup()


def _marked(sentence: str, translated: str) -> Markup:
    if translated == sentence and language() != "en":
        return Markup('<span lang="en">{}</span>').format(visible(sentence))
    return escape(visible(translated))
