"""Which questions a student is asked: their own, always the same, and only well-formed ones."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from pydantic import ValidationError

from exercises.quiz.questions import Question, Quiz, drawn, variant


def statement(name: str, **changes: Any) -> Question:
    fields = {"id": name, "text": "It is so.", "answer": True, "explanation": "It is."}
    return Question.model_validate(fields | changes)


def choice(name: str, options: int = 4) -> Question:
    chosen = [{"id": f"o{number}", "text": "x"} for number in range(options)]
    return statement(name, answer="o0", options=chosen)


BANK = tuple(choice(f"q{number}") for number in range(12))


def ids(questions: tuple[Question, ...]) -> list[str]:
    return [question.id for question in questions]


def test_the_same_student_is_always_asked_the_same() -> None:
    number = variant("ML", "Zoë", "flows")
    assert number == variant("ML", "Zoë", "flows")
    # Stored questions must not change under those who answer them: these stay.
    assert number == 108705593351700
    assert ids(drawn(BANK, Quiz(draw=4), 1)) == ["q10", "q6", "q2", "q0"]
    assert drawn(BANK, Quiz(draw=5), number) == drawn(BANK, Quiz(draw=5), number)


@pytest.mark.parametrize(
    "labels", [("ML", "Zoe", "flows"), ("M", "LZoë", "flows"), ("ML", "Zoë", "gans")]
)
def test_each_label_counts(labels: tuple[str, str, str]) -> None:
    assert variant(*labels) != variant("ML", "Zoë", "flows")


def test_students_are_asked_different_subsets_in_different_orders() -> None:
    seen = [ids(drawn(BANK, Quiz(draw=5), variant("", str(n), "q"))) for n in range(400)]
    assert all(len(set(one)) == 5 for one in seen)
    assert len({tuple(one) for one in seen}) > 390
    asked = Counter(name for one in seen for name in one)
    # Each of 12 is asked of 5/12 of the students, and comes first for 1/12 of them.
    assert all(120 < asked[question.id] < 215 for question in BANK)
    first = Counter(one[0] for one in seen)
    assert all(10 < first[question.id] < 65 for question in BANK)


def test_options_have_an_order_of_their_own_in_each_question() -> None:
    questions = drawn(BANK, Quiz(), 7)
    orders = {tuple(option.id for option in question.options) for question in questions}
    assert len(orders) > 6
    assert all(sorted(order) == ["o0", "o1", "o2", "o3"] for order in orders)


def test_without_shuffling_the_order_is_the_authors() -> None:
    questions = drawn(BANK, Quiz(draw=5, shuffle=False), 7)
    assert ids(questions) == [name for name in ids(BANK) if name in ids(questions)]
    assert any(question not in BANK for question in questions), "the options are not mixed"
    assert drawn(BANK, Quiz(shuffle=False, shuffle_options=False), 7) == BANK
    mixed = drawn(BANK, Quiz(shuffle_options=False), 7)
    assert mixed != BANK
    assert all(question in BANK for question in mixed)


def test_a_question_that_is_added_takes_at_most_one_place() -> None:
    for number in range(50):
        before = set(ids(drawn(BANK, Quiz(draw=5), number)))
        after = set(ids(drawn((*BANK, choice("new")), Quiz(draw=5), number)))
        assert len(before & after) >= 4


def test_a_statement_has_two_options_in_one_order() -> None:
    (asked,) = drawn((statement("s"),), Quiz(), 3)
    assert [option.id for option in asked.choices] == ["true", "false"]
    assert asked.is_statement
    assert asked.right == "true"
    assert statement("s", answer="false").right == "false"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"answer": "maybe"}, "there is no option maybe"),
        ({"options": [{"id": "a", "text": "x"}], "answer": "a"}, "one alone is no choice"),
        ({"options": [{"id": "a", "text": "x"}] * 2, "answer": "a"}, "two options have one id"),
        ({"options": [{"id": "a"}, {"id": "b", "text": "x"}]}, "needs a text or code"),
        (
            {
                "options": [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}],
                "answer": "a",
                "plots": "a",
            },
            "no option a with code",
        ),
        ({"explanation": ""}, "explanation"),
        ({"text": ""}, "text"),
        ({"id": "Not an id"}, "id"),
    ],
)
def test_what_is_no_question_is_said(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        statement("q", **changes)
