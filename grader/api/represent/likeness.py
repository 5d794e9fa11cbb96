"""Turns atlases and similar pairs into the API's resources."""

from __future__ import annotations

from flask import url_for

from exercises.numerics.behaviour import Likeness
from grader.api import resources
from grader.desks.atlas import Atlas, LawCluster, Within
from grader.desks.similarity import SimilarPair
from grader.store.grading.fingerprints import Sketch


def sketch(entity: Sketch) -> resources.WorkSketch:
    """A submission of the class."""
    return resources.WorkSketch(
        submission=entity.submission,
        person=entity.person,
        name=entity.name,
        verdict=entity.verdict,
        links=resources.SketchLinks(
            page=url_for("pages.submission", id_=entity.submission),
            self=url_for("submissions.show", id=entity.submission),
            thumbnail=thumbnail_address(entity),
        ),
    )


def thumbnail_address(entity: Sketch) -> str | None:
    """Where its thumbnail is, with the attempt, so that it never changes; None: there is none."""
    if not entity.has_law:
        return None
    return url_for("atlas.thumbnail", id=entity.submission, attempt=entity.attempt)


def cluster(entity: LawCluster, atlas: Atlas) -> resources.LawCluster:
    """A cluster of an atlas."""
    name, count = entity.misconception
    return resources.LawCluster(
        id=entity.medoid.submission,
        count=len(entity.members),
        share=entity.share,
        spread=entity.spread,
        is_right=entity.is_right,
        misconception=name,
        misconception_count=count,
        verdicts={verdict.value: number for verdict, number in entity.verdicts.items()},
        middle=sketch(entity.medoid),
        links={"self": cluster_address(atlas.assignment.id, entity, atlas.within)},
    )


def cluster_address(assignment: str, entity: LawCluster, within: Within) -> str:
    """Where its members are listed."""
    return url_for(
        "atlas.cluster", id=assignment, submission=entity.medoid.submission, within=within.value
    )


def pair(entity: SimilarPair, assignment: str) -> resources.SimilarPair:
    """A pair of students of an assignment."""
    found = entity.pair
    a, b = entity.a.submission, entity.b.submission
    return resources.SimilarPair(
        a=sketch(entity.a),
        b=sketch(entity.b),
        same_function=found.same,
        people=found.people,
        is_own=found.is_own,
        share=found.share,
        chance=found.chance,
        chance_by_function=found.by_function,
        chance_by_code=found.by_code,
        pairs_as_rare=found.as_rare,
        links={"self": url_for("similarity.show", id=assignment, a=a, b=b)},
    )


def likeness(entity: Likeness | None) -> resources.FunctionLikeness | None:
    """How near two functions come."""
    if entity is None:
        return None
    return resources.FunctionLikeness(
        difference=entity.difference,
        degrees=entity.degrees,
        mirrored=entity.mirrored,
        same=entity.same,
    )
