"""The resources of comparisons: the atlas of a class, and pairs whose work agrees."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from exercises.outcome import Verdict
from grader.api.resources.assignments import AssignmentPath
from grader.api.resources.fields import Answer
from grader.desks.atlas import AtlasOrder, Within

#: The most that one page of an answer lists.
MOST = 200
_CURSOR: dict[str, JsonValue] = {"pattern": "^[0-9A-Za-z_-]{1,64}$"}
_PAIR: dict[str, JsonValue] = {"pattern": r"^[0-9A-Za-z_-]{1,64}\.[0-9A-Za-z_-]{1,64}$"}


class ClusterPath(AssignmentPath):
    """The path of one cluster: of the one that a submission is in."""

    submission: str = Field(description="The id of any submission in it.")


class PairPath(AssignmentPath):
    """The path of two submissions side by side."""

    a: str = Field(description="The id of one.")
    b: str = Field(description="The id of the other one, of another student.")


class _Query(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AtlasQuery(_Query):
    """How near the laws of a cluster are, and which clusters to list."""

    within: Within = Field(
        Within.SAME, description="How far apart they may be: `same`, `alike`, `rough`."
    )
    order: AtlasOrder = Field(AtlasOrder.ALIKE, description="What comes after the right ones.")
    limit: int = Field(100, ge=1, le=MOST, description="How many at most.")
    after: str | None = Field(
        None,
        max_length=64,
        description="A cursor: the id of the last cluster of the page before.",
        json_schema_extra=_CURSOR,
    )


class ClusterQuery(_Query):
    """Which members of a cluster to list."""

    within: Within = Within.SAME
    limit: int = Field(100, ge=1, le=MOST, description="How many at most.")
    after: str | None = Field(
        None,
        max_length=64,
        description="A cursor: the id of the last submission of the page before.",
        json_schema_extra=_CURSOR,
    )


class SimilarityQuery(_Query):
    """Which pairs to list."""

    limit: int = Field(50, ge=1, le=MOST, description="How many at most.")
    after: str | None = Field(
        None,
        max_length=129,
        description="A cursor: the ids of the last pair of the page before.",
        json_schema_extra=_PAIR,
    )


class SketchLinks(Answer):
    """Where more of a submission is."""

    page: str
    self: str
    thumbnail: str | None = Field(description="A picture of its density; null: there is none.")


class WorkSketch(Answer):
    """A submission of the class."""

    submission: str
    person: str
    name: str
    verdict: Verdict
    links: SketchLinks


class LawCluster(Answer):
    """Students whose x have one law."""

    id: str = Field(description="The id of the submission in the middle, which stands for all.")
    count: int
    share: float = Field(description="Of the students who have a law.")
    spread: float = Field(
        description="How far the laws lie from the middle's, as a root mean square of sliced "
        "distances; about 1 is the spread of the target."
    )
    is_right: bool = Field(description="Whether it is the law that was asked for.")
    misconception: str = Field(description="Which most of their reports name; may be empty.")
    misconception_count: int = Field(description="How many do.")
    verdicts: dict[str, int] = Field(description="How many have each verdict.")
    middle: WorkSketch
    links: dict[str, str]


class LawAtlas(Answer):
    """The latest graded submission of each student, in clusters by the law of x."""

    within: Within
    students: int = Field(description="How many have handed in.")
    pictured: int = Field(description="How many of these have a law.")
    clusters: int = Field(description="How many there are, on all pages.")
    items: list[LawCluster]
    next: str | None


class LawClusterMembers(Answer):
    """The members of one cluster, those in the middle first."""

    cluster: LawCluster
    items: list[WorkSketch]
    next: str | None


class FunctionLikeness(Answer):
    """How near two functions come, z turned or mirrored as suits best."""

    difference: float = Field(description="The largest, relative to the larger function's size.")
    degrees: float = Field(description="By how much z is turned in the first one.")
    mirrored: bool = Field(description="Whether z2 is mirrored before.")
    same: bool


class SimilarPair(Answer):
    """Two students whose work agrees. It says that it does, and not who wrote it first."""

    a: WorkSketch
    b: WorkSketch
    same_function: bool = Field(description="Up to a rotation or reflection of z.")
    people: int = Field(description="How many students have that function, these two included.")
    is_own: bool = Field(
        description="Whether it is a function of the exercise's own programs, which says nothing."
    )
    share: float = Field(
        description="Of the smaller program's unusual code, how much is in the other one too."
    )
    chance: float = Field(
        description="How likely two of the class agree so much by chance, at most."
    )
    chance_by_function: float
    chance_by_code: float
    pairs_as_rare: int = Field(
        description="How many pairs of other students agree in a function as rare."
    )
    links: dict[str, str]


class SimilarPairs(Answer):
    """Pairs of a class, the least likely first."""

    people: int = Field(description="How many students were compared.")
    compared: int = Field(description="How many pairs these make.")
    items: list[SimilarPair]
    next: str | None


class CloserPair(Answer):
    """Two submissions side by side."""

    pair: SimilarPair
    likeness: FunctionLikeness | None = Field(description="null: one of them is no such function.")
    sources: list[str] = Field(description="Both programs.")
