from exercises.report import Finding, Status
from grader.findings import together


def skipped(check: str, reason: str, points: float = 0) -> Finding:
    return Finding(check=check, status=Status.SKIPPED, message=reason, max_points=points)


def test_neighbours_skipped_for_one_reason_become_one_entry() -> None:
    failed = Finding(check="function", status=Status.FAILED, message="no")
    entries = together([failed, skipped("shape", "a", 1), skipped("law", "a", 2)])
    assert entries[0] is failed
    assert (entries[1].check, entries[1].max_points) == ("shape, law", 3)


def test_other_reasons_and_other_statuses_stay_apart_and_in_order() -> None:
    passed = [Finding(check=name, status=Status.PASSED, message="fine") for name in "ab"]
    findings = [*passed, skipped("c", "x"), skipped("d", "y"), passed[0], skipped("e", "y")]
    assert together(findings) == findings
