"""Verdicts on invertibility are true: on the labelled corpus and on random functions."""

import numpy as np
import pytest

from exercises.numerics.injectivity import BUDGET, LIFTED_BUDGET
from exercises.numerics.verdict import Injective, Reason
from tests.laws.corpus import corpus, folded, one_to_one, second_corpus
from tests.laws.corpus_third import third_corpus
from tests.laws.families import FOLDED, MASSES, ONE_TO_ONE, wild
from tests.laws.labels import BEYOND, NO, WRONG, YES, Labelled, of_complex, turn
from tests.laws.plain_oracle import judge_plain

RADIUS = 4.0
CORPUS = corpus()
#: A fifth of it, to save time: python -m tests.laws.confusion judges all.
SECOND = second_corpus()[::5]


def judged(f, seed=0, *, lifted=False):
    return judge_plain(f, RADIUS, seed, lifted=lifted)


@pytest.fixture(scope="module")
def verdicts():
    return {case.name: judged(case.f) for case in CORPUS}


@pytest.fixture(scope="module")
def lifted_verdicts(verdicts):
    # Where the first look finds a fold, being lifted makes no difference; of the others every
    # fifth, to save time: python -m tests.laws.confusion judges all.
    later = [case for case in CORPUS if verdicts[case.name].reason is not Reason.WITNESS]
    return verdicts | {case.name: judged(case.f, lifted=True) for case in later[::5]}


@pytest.fixture(scope="module")
def second_verdicts():
    return {case.name: judged(case.f) for case in SECOND}


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_no_verdict_contradicts_the_label(case: Labelled, verdicts, lifted_verdicts):
    for verdict in (verdicts[case.name].verdict, lifted_verdicts[case.name].verdict):
        assert verdict not in WRONG[case.label], case.why


@pytest.mark.parametrize("case", SECOND, ids=lambda case: case.name)
def test_no_verdict_contradicts_the_label_of_the_second_corpus(case: Labelled, second_verdicts):
    assert second_verdicts[case.name].verdict not in WRONG[case.label], case.why


def test_nearly_all_of_the_second_corpus_is_decided(second_verdicts):
    clear = [case.name for case in SECOND if case.label in (YES, NO)]
    doubtful = [n for n in clear if second_verdicts[n].verdict is Injective.INCONCLUSIVE]
    assert len(doubtful) <= 0.04 * len(clear), doubtful


@pytest.mark.parametrize("case", third_corpus(), ids=lambda case: case.name)
def test_the_third_corpus_is_decided_as_labelled(case: Labelled):
    verdict = judged(case.f).verdict
    assert verdict not in WRONG[case.label], case.why
    if case.label in (YES, NO):
        assert verdict is not Injective.INCONCLUSIVE, case.why


def test_names_are_unique_and_the_corpus_is_large():
    everything = CORPUS + second_corpus() + third_corpus()
    assert len({case.name for case in everything}) == len(everything) >= 500


def test_nearly_all_that_can_be_decided_is_decided(verdicts, lifted_verdicts):
    clear = [case.name for case in CORPUS if case.label != BEYOND]
    for found in (verdicts, lifted_verdicts):
        doubtful = [name for name in clear if found[name].verdict is Injective.INCONCLUSIVE]
        assert len(doubtful) <= 0.03 * len(clear), doubtful


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


def test_questions_stay_within_the_budget(verdicts, lifted_verdicts):
    assert max(v.evaluations for v in verdicts.values()) <= BUDGET
    assert max(v.evaluations for v in lifted_verdicts.values()) <= LIFTED_BUDGET
    wildest = next(case for case in third_corpus() if case.name == "third: ten couplings")
    assert BUDGET < judged(wildest.f, lifted=True).evaluations <= LIFTED_BUDGET
    assert np.median([v.evaluations for v in verdicts.values()]) < 15_000
    # Jumps are not cut ever finer: they stay.
    assert judged(lambda z: z + np.floor(7 * z) / 7).evaluations < 55_000


def test_the_reason_is_the_right_one(verdicts):
    for name, reason in {
        "nan half": Reason.NOT_FINITE,
        "tanh 30z": Reason.FLAT,
        "affine": Reason.DEGREE,
        "fifth powers": Reason.DEGREE,
        "fine ripple": Reason.MONOTONE,
        "cut apart": Reason.MONOTONE,
        "half reflected": Reason.PIECES,
        "outside turned": Reason.PIECES,
        "complex root": Reason.PIECES,
        "dropped line": Reason.PINCH,
        "dropped segment": Reason.PINCH,
        "ring": Reason.COLLAPSE,
        "rank one bent": Reason.COLLAPSE,
        "square": Reason.WITNESS,
        "cut overlapping by a hair": Reason.WITNESS,
    }.items():
        assert verdicts[name].reason is reason, name


def test_what_a_certificate_leaves_out_is_said(verdicts):
    assert verdicts["affine"].left_out == 0
    touching = verdicts["outside turned"]
    assert 0 < touching.left_out < touching.seen_mass < 0.01
    # (1 − m)^n < 1 % for the n probes of the lattice.
    assert (1 - verdicts["affine"].seen_mass) ** 1_200 < 0.01
    assert judged(lambda z: 2 * z + 1, lifted=True).seen_mass < 0.001


@pytest.mark.parametrize(
    ("seed", "lifted"), [*((seed, False) for seed in range(8)), (8, True), (9, True)]
)
def test_a_cut_after_which_a_strip_is_covered_twice_is_seen(seed, lifted):
    rng = np.random.default_rng(seed)
    after, normal = one_to_one(900 + seed), turn(rng.uniform(0, 6.3))[0]
    width = np.exp(rng.uniform(np.log(0.004), np.log(0.1)))
    moved = -width * normal + 0.3 * rng.normal() * np.array([-normal[1], normal[0]])
    place = 0.5 * rng.normal()
    overlapping = judged(lambda z: after(z + moved * (z @ normal > place)), seed, lifted=lifted)
    assert overlapping.verdict is Injective.NOT_INVERTIBLE
    apart = judged(lambda z: after(z - moved * (z @ normal > place)), seed, lifted=lifted)
    assert apart.verdict is not Injective.NOT_INVERTIBLE


def test_a_fold_of_a_thousandth_of_the_mass_is_seen_where_f_is_lifted():
    for seed in range(6):
        assert judged(folded(seed + 40, 0.045), seed, lifted=True).verdict is (
            Injective.NOT_INVERTIBLE
        )


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
    seen = [judged(one_to_one(seed), seed).verdict for seed in range(40)]
    assert Injective.NOT_INVERTIBLE not in seen
    assert seen.count(Injective.INVERTIBLE) >= 38


@pytest.mark.parametrize("size", [0.4, 0.15, 0.06])
def test_random_functions_with_a_local_fold(size):
    # The fold of the smallest size concerns less than a thousandth of the mass.
    seen = [judged(folded(seed, size), seed).verdict for seed in range(8)]
    assert seen == [Injective.NOT_INVERTIBLE] * 8


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


@pytest.mark.parametrize("name", FOLDED)
@pytest.mark.parametrize(
    ("mass", "lifted"), [(MASSES[0], False), (MASSES[1], False), (0.001, True)]
)
def test_what_shares_its_output_is_found(name, mass, lifted):
    # A thousandth of the mass is seen where points cost next to nothing, a hundredth anywhere.
    for seed in range(2):
        found = judged(FOLDED[name](seed, mass), seed, lifted=lifted)
        assert found.verdict is Injective.NOT_INVERTIBLE, (seed, found.reason)


@pytest.mark.parametrize("name", ONE_TO_ONE)
def test_what_is_one_to_one_by_construction_is_not_refuted(name):
    seen = [judged(ONE_TO_ONE[name](seed, 0), seed).verdict for seed in range(8)]
    assert Injective.NOT_INVERTIBLE not in seen
    assert seen.count(Injective.INVERTIBLE) >= 7


@pytest.mark.parametrize("name", FOLDED)
@pytest.mark.parametrize(("kind", "lifted"), [(0, False), (3, True)])
def test_no_wild_map_hides_what_shares_its_output(name, kind, lifted):
    # Seeds that differ by five are followed by a wild map of one kind.
    found = judged(FOLDED[name](kind, 0.01, wild), kind, lifted=lifted)
    assert found.verdict is Injective.NOT_INVERTIBLE, found.reason


@pytest.mark.parametrize("seed", range(5))
def test_wild_maps_and_thin_images_are_no_reason_to_doubt(seed):
    assert judged(wild(seed), seed, lifted=True).verdict is Injective.INVERTIBLE


@pytest.mark.parametrize("residue", [1, 0.3, 0.1, 0.03, 0.01])
def test_a_pole_that_covers_the_rest_again_is_seen(residue):
    # w and residue/w have one image; the image of the circle is an ellipse that shows nothing.
    f = of_complex(lambda w: (w - 0.2 - 0.1j) + residue / (w - 0.2 - 0.1j))
    assert judged(f).verdict is Injective.NOT_INVERTIBLE


@pytest.mark.parametrize("digits", [0, 2, 4, 6])
def test_rounded_outputs_are_refuted_by_two_inputs_of_one_cell(digits):
    found = judged(lambda z: np.round(z @ [[1.0, -0.4], [0.7, 1.2]], digits))
    assert (found.verdict, found.reason) == (Injective.NOT_INVERTIBLE, Reason.STEPS)
    assert (found.witness.z1 != found.witness.z2).any()
    np.testing.assert_array_equal(found.witness.x1, found.witness.x2)


def test_single_precision_is_not_called_rounded():
    for f in (lambda z: np.tanh(z), lambda z: 3 * z - 1, lambda z: np.exp(z)):
        assert judged(lambda z, f=f: f(z.astype(np.float32))).verdict is Injective.INVERTIBLE


@pytest.mark.parametrize("radius", [0.5, 2.0, 6.0])
def test_the_radius_of_the_exercise_counts(radius):
    def at(place, seed=0):
        return judge_plain(lambda z: np.array([(z[0] - place) ** 2, z[1]]), radius, seed).verdict

    assert at(1.02 * radius) is Injective.INVERTIBLE
    assert at(0.8 * radius) is Injective.NOT_INVERTIBLE
    assert judge_plain(lambda z: 2 * z + 1, radius).spacing < 0.18


def test_the_mesh_as_f_maps_it_is_handed_out():
    warped = judged(lambda z: 1e9 * z * [1.0, -1.0] + 3).warped
    np.testing.assert_allclose(warped.images, 1e9 * warped.nodes * [1.0, -1.0] + 3, rtol=1e-12)
    assert (warped.sign == -1).all()
    np.testing.assert_allclose(warped.determinant, -1, atol=1e-5)
    corners = warped.nodes[warped.triangles]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2
    assert (area > 0).all()
    assert 0.95 * 16 * np.pi < area.sum() < 16 * np.pi
