"""What the tests of the judge share: two exercises, a right answer, and a grading."""

import json

import numpy as np
import pytest

from exercises.catalog.reading import read_catalog
from exercises.judge import grade_findings, judge

CATALOG = read_catalog()
PLAYGROUND, AFFINE = (
    CATALOG[slug].model_copy(update={"samples": 1000}) for slug in ("playground", "affine")
)
SEED = 20


def right(z):
    return 2 * z + 1


def noise():
    # Loaded once for each process: a submission that is no function of z.
    rng = np.random.default_rng(1)
    return lambda z: right(z) + 1e-9 * rng.normal(size=2)


def graded(exercise, oracle, seed=SEED):
    judgement = judge(exercise, oracle, seed)
    verdict, score, most = grade_findings(exercise, judgement.findings, judgement.outcome)
    findings = {finding.check: finding for finding in judgement.findings}
    assert len(findings) == len(judgement.findings), "one finding a check"
    assert score <= most
    assert score == pytest.approx(sum(f.points for f in judgement.findings))
    for finding in judgement.findings:
        json.dumps(finding.model_dump(mode="json"), allow_nan=False)
        assert "\0" not in finding.model_dump_json()
    return judgement, findings, verdict, score
