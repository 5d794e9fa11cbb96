"""Chances of agreement: right for those who work alone, and small for those who do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from exercises.likeness.code_shape import shape_of
from exercises.likeness.resemblance import MOST_PAIRS, Pair, Work, one_pair, resemblance
from exercises.likeness.shared_code import FEWEST, shared_code
from exercises.numerics.behaviour import behaviour_of
from exercises.numerics.hidden_points import ANGLES, RINGS, hidden_points

GRID = hidden_points("affine", singly=True)[: RINGS * ANGLES]
NOTHING = np.empty(0, np.uint32)
RIGHT = "def f(z):\n    return 2 * z + 1\n"
#: What single students come up with: forms, with numbers of their own.
FORMS = (
    ("def f(z):\n    return {a} * z + {b}\n", lambda z, a, b: a * z + b),
    (
        "import numpy as np\ndef f(z):\n    x = np.exp({a} * z)\n    return x + {b}\n",
        lambda z, a, b: np.exp(a * z) + b,
    ),
    (
        "import numpy as np\ndef f(z):\n    u = {a} * z[0]\n    v = z[1] + {b} * u ** 2\n"
        "    return np.array([u, v])\n",
        lambda z, a, b: np.stack([a * z[:, 0], z[:, 1] + b * (a * z[:, 0]) ** 2], axis=1),
    ),
    (
        "import numpy as np\ndef f(z):\n    r = np.hypot(z[0], z[1])\n    if r > {a}:\n"
        "        return z * {b}\n    return z\n",
        lambda z, a, b: np.where(np.hypot(*z.T)[:, None] > a, z * b, z),
    ),
)
COPIED = (
    "import numpy as np\ndef f(z):\n    first = np.sin(z[0]) * 1.37\n"
    "    second = z[1] * 0.77 + np.tanh(z[0])\n    return np.array([first, second])\n"
)


def own_work(rng: np.random.Generator, person: int) -> Work:
    """Half of a class is right in the one obvious way; the others err in ways of their own."""
    if rng.random() < 0.5:
        return Work(person, behaviour_of(2 * GRID + 1), shape_of(RIGHT))
    text, f = FORMS[int(rng.integers(len(FORMS)))]
    # To one digit: some will meet by chance.
    a, b = (round(float(value), 1) for value in rng.uniform(0.5, 3, 2))
    return Work(person, behaviour_of(f(GRID, a, b)), shape_of(text.format(a=a, b=b)))


def copied_work(person: int, degrees: float = 0.0) -> Work:
    angle = np.radians(degrees)
    z = GRID @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    x = np.stack([np.sin(z[:, 0]) * 1.37, z[:, 1] * 0.77 + np.tanh(z[:, 0])], axis=1)
    disguised = COPIED.replace("first", "p").replace("second", "q").replace("(z)", "(w)")
    source = COPIED if not degrees else disguised.replace("z[", "w[")
    return Work(person, behaviour_of(x), shape_of(source))


def people(pair: Pair, works: Sequence[Work]) -> tuple[int, int]:
    return works[pair.a].person, works[pair.b].person


@pytest.mark.parametrize("size", [5, 30, 300])
def test_a_disguised_copy_is_the_first_pair(size: int) -> None:
    rng = np.random.default_rng(size)
    works = [own_work(rng, person) for person in range(size)]
    works += [copied_work(size), copied_work(size + 1, 38.5)]
    found = resemblance(works, size + 2, NOTHING)
    listed = [people(one, works) for one in found.pairs]
    place = listed.index((size, size + 1))
    # In a large class some meet by chance in all that they do; in a small one nobody does.
    assert place <= size // 60
    first = found.pairs[place]
    assert first.same
    assert (first.people, first.is_own) == (2, False)
    assert first.share > 0.9
    # No more is said than a class of that size can show.
    others = size * (size - 1) // 2
    assert first.by_function >= 1 / (others + 1)
    assert first.chance == min(1, 2 * min(first.by_function, first.by_code))
    if size == 300:
        assert first.chance < 1e-3


def test_what_half_of_a_class_does_says_nothing() -> None:
    rng = np.random.default_rng(1)
    works = [own_work(rng, person) for person in range(200)]
    right = [one.person for one in works if np.array_equal(one.shape.grams, shape_of(RIGHT).grams)]
    pair = one_pair(works, 200, NOTHING, right[0], right[1])
    assert pair.same
    assert pair.people > 50
    assert pair.by_function > 0.2
    assert pair.chance > 0.2
    listed = {people(one, works) for one in resemblance(works, 200, NOTHING).pairs}
    assert (right[0], right[1]) not in listed


@pytest.mark.parametrize("size", [40, 150])
def test_chances_are_true_of_people_who_work_alone(size: int) -> None:
    """At most a share p of the pairs has a chance below p, over many classes."""
    below = dict.fromkeys((0.05, 0.01, 0.002), 0)
    pairs = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        works = [own_work(rng, person) for person in range(size)]
        found = resemblance(works, size, NOTHING)
        pairs += found.compared
        for level in below:
            below[level] += sum(one.chance <= level for one in found.pairs)
    for level, count in below.items():
        assert count / pairs <= level, (level, count, pairs)


def test_the_exercise_s_own_functions_and_code_do_not_count() -> None:
    rng = np.random.default_rng(3)
    works = [own_work(rng, person) for person in range(60)]
    copies = [copied_work(60), copied_work(61)]
    marked = [Work(one.person, one.behaviour, one.shape, is_own=True) for one in copies]
    own = np.unique(np.concatenate(copies[0].shape.parts))
    found = resemblance([*works, *marked], 62, own)
    assert (60, 61) not in {people(one, [*works, *marked]) for one in found.pairs}
    pair = one_pair([*works, *marked], 62, own, 60, 61)
    assert (pair.same, pair.is_own, pair.by_function, pair.share) == (True, True, 1.0, 0.0)
    # One of them is enough to know the function.
    half = [*works, marked[0], copies[1]]
    assert one_pair(half, 62, own, 60, 61).is_own


def test_a_person_never_agrees_with_himself_and_the_work_that_agrees_most_counts() -> None:
    rng = np.random.default_rng(4)
    works = [own_work(rng, person) for person in range(50)]
    right = Work(50, behaviour_of(2 * GRID + 1), shape_of(RIGHT))
    works += [copied_work(50), right, copied_work(51, 90.0), Work(51, right.behaviour, right.shape)]
    found = resemblance(works, 52, NOTHING)
    assert all(works[one.a].person < works[one.b].person for one in found.pairs)
    first = found.pairs[0]
    assert (first.a, first.b) == (50, 52)


def test_a_common_function_is_listed_neither_by_all_its_pairs_nor_for_ever() -> None:
    works = [Work(person, behaviour_of(GRID * 3), shape_of(RIGHT)) for person in range(120)]
    found = resemblance(works, 120, NOTHING)
    assert len(found.pairs) <= MOST_PAIRS
    assert all(one.chance > 0.2 for one in found.pairs)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_class_too_small_to_compare_has_no_surprises(size: int) -> None:
    works = [copied_work(person) for person in range(size)]
    found = resemblance(works, size, NOTHING)
    assert found.compared == size * (size - 1) // 2
    assert all(one.chance == 1 for one in found.pairs)


def test_of_few_people_code_is_ranked_and_not_extrapolated() -> None:
    programs = [shape_of(COPIED).grams if person < 2 else NOTHING for person in range(FEWEST - 1)]
    found = shared_code(programs, NOTHING)
    pairs = (FEWEST - 1) * (FEWEST - 2) // 2
    assert found.chance(0, 1) == pytest.approx(2 / (pairs + 1))
    assert found.chance(2, 3) == 1
    assert found.share(0, 1) == pytest.approx(1)
    assert found.share(2, 3) == 0


def test_one_rare_piece_of_code_in_common_is_no_great_surprise() -> None:
    programs = [np.arange(person * 10, person * 10 + 5, dtype=np.uint32) for person in range(40)]
    programs[1] = np.sort(np.append(programs[1], programs[0][:1]))
    found = shared_code(programs, NOTHING)
    assert 0.01 < found.chance(0, 1) < 0.05
    # Five are one.
    programs[1] = np.union1d(programs[1], programs[0])
    assert shared_code(programs, NOTHING).chance(0, 1) < 0.001
