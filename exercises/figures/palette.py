"""The colours of density: one ramp of ink from paper to dark blue, and the greys of the text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exercises.figures.panels import FULL_INK

#: Along the ramp from no density to the highest. Its lightness falls evenly and its hue stays
#: between green and blue, so it reads the same in grey and to colour-blind eyes.
RAMP_STOPS = (
    "#ffffff",
    "#dcecec",
    "#a5d2d3",
    "#62b0bd",
    "#2f88a7",
    "#23608c",
    "#23396b",
    "#161b40",
)
#: Colours that a PNG's palette gives to density; the rest are greys.
RAMP_SIZE = 192
GREY_SIZE = 64
#: The darkest text, and the quieter kind.
TEXT = "#222222"
QUIET_TEXT = "#666666"


def _ramp() -> NDArray[np.uint8]:
    stops = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in RAMP_STOPS])
    places = np.linspace(0, len(stops) - 1, RAMP_SIZE)
    channels = [np.interp(places, np.arange(len(stops)), channel) for channel in stops.T]
    ramp: NDArray[np.uint8] = np.rint(np.stack(channels, axis=1)).astype(np.uint8)
    return ramp


def _greys() -> NDArray[np.uint8]:
    levels = np.rint(np.linspace(0, 255, GREY_SIZE)).astype(np.uint8)
    greys: NDArray[np.uint8] = np.stack([levels] * 3, axis=1)
    return greys


#: Colours by index, shape (256, 3): first the ramp, then the greys from black to white.
PALETTE = np.concatenate([_ramp(), _greys()])
#: The index of every grey level 0 … 255 in the palette.
INDEX_OF_GREY = (RAMP_SIZE + np.rint(np.arange(256) * ((GREY_SIZE - 1) / 255))).astype(np.uint8)
#: How strongly the ramp holds back faint density: share of ramp = (ink / FULL_INK) ** TONE. At 1
#: the ramp goes with the square root of density, at 2 with density itself.
TONE = 1.4
#: The place on the ramp, 0 … 1, of each amount of ink.
TONE_OF_INK = (np.arange(FULL_INK + 1) / FULL_INK).astype(np.float32) ** np.float32(TONE)
