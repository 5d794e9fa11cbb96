"""Why a file of a class is not handed in, and why one was passed over: each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Why(StrEnum):
    """Why a file is not handed in."""

    NOBODY = "nobody"
    SEVERAL_PEOPLE = "several_people"
    NOT_A_STUDENT = "not_a_student"
    TWO_FILES = "two_files"
    SEVERAL_FILES = "several_files"
    NO_FILE = "no_file"
    TOO_LONG = "too_long"
    NOT_UTF8 = "not_utf8"
    NO_ANSWERS = "no_answers"
    UNREADABLE = "unreadable"
    #: Somebody has said that it is nobody's.
    BY_CHOICE = "by_choice"
    #: The batch was cancelled before it came to it.
    CANCELLED = "cancelled"
    # What an assignment's rules say: the values of `Refusal`.
    UNKNOWN = "unknown"
    ARCHIVED = "archived"
    CHANGED = "changed"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    NO_ATTEMPTS_LEFT = "no_attempts_left"
    COOLING_DOWN = "cooling_down"


class Aside(StrEnum):
    """Why an entry of an archive was passed over."""

    SYSTEM_FILE = "system_file"
    EMPTY_FOLDER = "empty_folder"
    UNSAFE_NAME = "unsafe_name"
    LINK = "link"
    OTHER_KIND = "other_kind"
    BESIDE = "beside"


SENTENCES: Mapping[Why | Aside, str] = MappingProxyType(
    {
        Why.NOBODY: "Nobody in the course is known by this name or id.",
        Why.SEVERAL_PEOPLE: "It could be more than one person's.",
        Why.NOT_A_STUDENT: "It belongs to somebody who is no student of the course.",
        Why.TWO_FILES: "There are two files for this student: which one counts is not said.",
        Why.SEVERAL_FILES: "There are several files that could be meant: name one of them f.py "
        "(answers.json for a quiz).",
        Why.NO_FILE: "No file of the right kind is there.",
        Why.TOO_LONG: "It is longer than a submission may be.",
        Why.NOT_UTF8: "It is no UTF-8 text.",
        Why.NO_ANSWERS: "It holds no answers to a quiz.",
        Why.UNREADABLE: "It can't be read: it is damaged, encrypted, or packed in an unusual way.",
        Why.BY_CHOICE: "Somebody has left it out.",
        Why.CANCELLED: "The batch was cancelled before this one was handed in.",
        Why.UNKNOWN: "The assignment is not there for this student any more.",
        Why.ARCHIVED: "The course is over.",
        Why.CHANGED: "The assignment asks for another version of the exercise by now.",
        Why.NOT_OPEN: "The assignment was not open yet.",
        Why.CLOSED: "The assignment was closed for this student.",
        Why.NO_ATTEMPTS_LEFT: "The student has no attempts left.",
        Why.COOLING_DOWN: "The student's pause between two attempts was not over.",
        Aside.SYSTEM_FILE: "A file of the operating system, or a hidden one.",
        Aside.EMPTY_FOLDER: "A folder without files.",
        Aside.UNSAFE_NAME: "Its name would lead out of the archive, or is no name.",
        Aside.LINK: "A link.",
        Aside.OTHER_KIND: "Not of the kind that answers this exercise.",
        Aside.BESIDE: "Beside the file that counts.",
    }
)
