"""Lines, atoms, heavy tails, rings and mixtures are judged as truly as Gaussians are."""

import numpy as np
import pytest

from exercises.checks.law import check_law
from exercises.criteria import Law
from exercises.report import Status
from exercises.tables.target_building import build_from_image
from tests.laws.plain_oracle import BatchOracle
from tests.laws.targets import LAWS

TEN = Law(points=10)


@pytest.fixture(scope="module")
def tables():
    """The tables, from fewer points than those of the course, to save time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("exercises.tables.target_building._PILOT_CELLS", (64, 128))
        patch.setattr("exercises.tables.target_building._TABLE_CELLS", (256, 512))
        patch.setattr("exercises.tables.target_building._DISTANCE_CELLS", (64, 64))
        return {name: build_from_image(law.reference, {}) for name, law in LAWS.items()}


def judged(f, table, seed=1):
    return check_law(BatchOracle(f), TEN, table, seed)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, law in LAWS.items() for name in law.right]
)
def test_answers_of_the_same_law_pass(kind, name, tables):
    finding = judged(LAWS[kind].right[name], tables[kind])
    assert finding.status is Status.PASSED, finding.message


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, law in LAWS.items() for name in law.wrong]
)
def test_near_misses_fail_and_their_mistake_is_named(kind, name, tables):
    f, mistake = LAWS[kind].wrong[name]
    finding = judged(f, tables[kind])
    assert finding.status in (Status.FAILED, Status.PARTIAL), finding.message
    assert finding.points < 10
    assert finding.evidence["mistake"] == mistake, finding.message


@pytest.mark.parametrize("kind", LAWS)
def test_the_reference_passes_whatever_the_seed(kind, tables):
    for seed in range(2):
        assert judged(LAWS[kind].reference, tables[kind], seed).points == 10


def test_a_rotation_is_named_with_its_angle(tables):
    message = judged(LAWS["tilted"].wrong["not turned"][0], tables["tilted"]).message
    # The target leans by atan2(0.6, 0.8), about 37 degrees, the answer not at all.
    words = message.split()
    assert abs(int(words[words.index("degrees") - 1]) - 37) <= 3
    assert "clockwise" in message
    assert "counterclockwise" not in message


def test_rounding_moves_no_atom(tables):
    noise = np.random.default_rng(1)
    finding = judged(lambda z: np.sign(z) * (1 + 1e-12 * noise.random()), tables["four atoms"])
    assert finding.status is Status.PASSED


def test_mass_beside_an_atom_is_not_on_it(tables):
    finding = judged(LAWS["four lines"].wrong["one of them moved"][0], tables["four lines"])
    # The line that moved, by a two-hundredth, holds 34 % of the mass.
    assert finding.evidence["largest_difference"] == pytest.approx(0.341, abs=0.01)


def test_a_sign_is_lost_only_where_one_side_is_empty(tables):
    # Random signs would make this circle even again, but no sign was lost.
    finding = judged(lambda z: LAWS["circle"].reference(z + 0.1), tables["circle"])
    assert finding.status is not Status.PASSED
    assert finding.evidence["mistake"] is None
