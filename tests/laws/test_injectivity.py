"""Verdicts on invertibility are true: on the labelled corpus and on random functions."""

import numpy as np
import pytest

from exercises.numerics.injectivity import BUDGET, Injective, Reason, judge_injectivity
from exercises.numerics.streams import stream
from tests.laws.corpus import BEYOND, NO, YES, Labelled, corpus, folded, one_to_one

RADIUS = 4.0
CORPUS = corpus()


def judged(f, seed=0):
    def ask(points):
        with np.errstate(all="ignore"):
            return np.array([np.asarray(f(p.copy()), dtype=np.float64) for p in points])

    return judge_injectivity(ask, RADIUS, stream(seed, "invertibility"))


@pytest.fixture(scope="module")
def verdicts():
    return {case.name: judged(case.f) for case in CORPUS}


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_no_verdict_contradicts_the_label(case: Labelled, verdicts):
    verdict = verdicts[case.name].verdict
    if case.label == YES:
        assert verdict is not Injective.NOT_INVERTIBLE, case.why
    elif case.label == NO:
        assert verdict is not Injective.INVERTIBLE, case.why
    else:
        assert verdict is not Injective.NOT_INVERTIBLE, case.why


def test_names_are_unique_and_the_corpus_is_large():
    assert len({case.name for case in CORPUS}) == len(CORPUS) >= 120


def test_nearly_all_that_can_be_decided_is_decided(verdicts):
    doubtful = {
        label: {
            case.name
            for case in CORPUS
            if case.label == label and verdicts[case.name].verdict is Injective.INCONCLUSIVE
        }
        for label in (YES, NO)
    }
    # Jumps, a ripple finer than the mesh, the sharpest cusp: said to be unclear, each with reason.
    assert doubtful[YES] <= {"fifth powers", "cut apart", "half reflected", "fine ripple"}
    # Collapses on a set without area leave no trace on a mesh.
    assert doubtful[NO] <= {"dropped line", "dropped segment"}


def test_every_witness_replays(verdicts):
    found = 0
    for case in CORPUS:
        witness = verdicts[case.name].witness
        if witness is None:
            continue
        found += 1
        with np.errstate(all="ignore"):
            x1 = np.asarray(case.f(witness.z1.copy()), dtype=np.float64)
            x2 = np.asarray(case.f(witness.z2.copy()), dtype=np.float64)
        rounding = 1e-10 * np.maximum(np.abs(x1), np.abs(x2)) + 1e-300
        # Against what f does between the two as well: a value near 0 has no relative digits.
        between = np.abs(x1 - np.asarray(case.f((witness.z1 + witness.z2) / 2), dtype=np.float64))
        assert (np.abs(x1 - x2) <= np.maximum(rounding, 1e-9 * between)).all(), case.name
        assert np.hypot(*(witness.z1 - witness.z2)) >= 1e-3, case.name
        assert max(np.hypot(*witness.z1), np.hypot(*witness.z2)) <= RADIUS, case.name
    assert found >= 60


def test_questions_stay_within_the_budget(verdicts):
    assert max(v.evaluations for v in verdicts.values()) <= BUDGET
    assert np.median([v.evaluations for v in verdicts.values()]) < 15_000


def test_the_reason_of_a_doubt_is_the_right_one(verdicts):
    assert verdicts["cut apart"].reason is Reason.JUMPS
    assert verdicts["nan half"].reason is Reason.NOT_FINITE
    assert verdicts["tanh 30z"].reason is Reason.FLAT
    assert verdicts["half reflected"].reason is Reason.FOLDED


def test_saturation_is_told_from_clipping(verdicts):
    assert verdicts["clip far"].reason is Reason.COLLAPSE
    for case in CORPUS:
        if case.label == BEYOND:
            assert verdicts[case.name].witness is None, case.name


@pytest.mark.parametrize("name", ["tanh net 1", "henon", "complex exp", "clip", "cubes"])
def test_the_verdict_does_not_hang_on_the_seed(name):
    case = next(case for case in CORPUS if case.name == name)
    assert len({judged(case.f, seed).verdict for seed in range(4)}) == 1


def test_the_same_seed_gives_the_same_bits():
    case = next(case for case in CORPUS if case.name == "tanh net 1")
    one, two = judged(case.f, 3), judged(case.f, 3)
    assert one.witness.z2.tobytes() == two.witness.z2.tobytes()
    assert one.evaluations == two.evaluations


def test_random_functions_that_are_one_to_one():
    seen = [judged(one_to_one(seed), seed).verdict for seed in range(60)]
    assert Injective.NOT_INVERTIBLE not in seen
    assert seen.count(Injective.INVERTIBLE) >= 54


@pytest.mark.parametrize("size", [0.4, 0.15, 0.06])
def test_random_functions_with_a_local_fold(size):
    # The fold of the smallest size concerns less than a thousandth of the mass.
    seen = [judged(folded(seed, size), seed).verdict for seed in range(15)]
    assert seen == [Injective.NOT_INVERTIBLE] * 15


@pytest.mark.parametrize("exponent", [-280, -150, -12, 12, 150, 280])
def test_no_scale_hides_or_makes_a_fold(exponent):
    scale = 10.0**exponent
    assert judged(lambda z: scale * (z + 0.9 * np.sin(z))).verdict is Injective.INVERTIBLE
    assert judged(lambda z: scale * (z + 1.3 * np.sin(z))).verdict is Injective.NOT_INVERTIBLE


def test_a_fold_outside_the_disc_does_not_count():
    inside = judged(lambda z: np.array([(z[0] - 3.5) ** 2, z[1]]))
    outside = judged(lambda z: np.array([(z[0] - 4.5) ** 2, z[1]]))
    assert inside.verdict is Injective.NOT_INVERTIBLE
    assert outside.verdict is Injective.INVERTIBLE
