"""A preview: what an uncounted run of an unfinished answer shows, as strict JSON."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from exercises.outcome import Outcome
from exercises.report import Finding, Printed, Usage

_BASE64: JsonDict = {"contentEncoding": "base64"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SampleView(_Part):
    """Samples, the same ones in z and in x."""

    count: int = Field(ge=1)
    z: str = Field(
        description="float32, little-endian, count × 2.",
        json_schema_extra=_BASE64,
    )
    x: str = Field(
        description="The same of x = f(z); NaN where that is not finite.",
        json_schema_extra=_BASE64,
    )


class DensityView(_Part):
    """A density on a grid of cells."""

    extent: tuple[float, float, float, float] = Field(
        description="What it is shown on: x₁ from, x₁ to, x₂ from, x₂ to."
    )
    shape: tuple[int, int] = Field(description="Rows and columns of cells.")
    values: str = Field(
        description="uint8, row by row from the lowest x₂: the density as a share of `peak`, where "
        "255 is all of it.",
        json_schema_extra=_BASE64,
    )
    peak: float = Field(
        ge=0, description="The highest density, per unit of area; 0 where floats have no such area."
    )


class DensityViews(_Part):
    """Both panels of the density figure."""

    z: DensityView
    x: DensityView


class MeshView(_Part):
    """The lines of a square grid on the disc, and where f sends them."""

    lines: int = Field(description="Half of them have one z₁ each, the other half one z₂.")
    shape: tuple[int, int] = Field(description="Lines, and points of each line.")
    z: str = Field(description="float32, lines × points × 2.", json_schema_extra=_BASE64)
    x: str = Field(
        description="The same of x = f(z), by interpolation between the points that f was asked. "
        "NaN outside the disc, and where f jumps or has no finite value: a line ends there.",
        json_schema_extra=_BASE64,
    )
    breaks: bool = Field(description="Whether f jumps anywhere on the disc.")
    radius: float = Field(description="Of the disc.")
    extent: tuple[float, float, float, float] = Field(
        description="What of x shows most of it: x₁ from, x₁ to, x₂ from, x₂ to."
    )


class FoldView(_Part):
    """Where f reverses the orientation, so that the plane is folded over."""

    count: int = Field(description="How many triangles.")
    cells: str = Field(
        description="float32, count × 3 × 2: the corners, in x, of triangles whose orientation is "
        "reversed.",
        json_schema_extra=_BASE64,
    )
    cells_z: str = Field(
        description="The same triangles in z.",
        json_schema_extra=_BASE64,
    )
    share: float = Field(ge=0, le=1, description="The share of the z in them.")


class WitnessView(_Part):
    """Two inputs with one output."""

    z1: tuple[float, float]
    z2: tuple[float, float]
    x: tuple[float, float]


class Alt(_Part):
    """The pictures in words; empty where there is no such picture."""

    density: str = ""
    fold_map: str = ""


class Picture(_Part):
    """What the page draws; null where f is not one of the plane, or did not run."""

    samples: SampleView | None = None
    densities: DensityViews | None = None
    mesh: MeshView | None = Field(None, description="Null where invertibility was not looked at.")
    folds: FoldView | None = Field(None, description="Null where f does not fold.")
    witness: WitnessView | None = None
    alt: Alt = Alt()


class PreviewResult(Picture):
    """What a preview found: form, purity and invertibility, never what tells the grade."""

    outcome: Outcome
    findings: list[Finding] = Field(description="As in reports, without points.")
    printed: Printed = Printed()
    usage: Usage = Usage()
