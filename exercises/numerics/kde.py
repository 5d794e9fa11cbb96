"""Kernel density estimation on a grid: Gaussian kernel, full covariance, by binning and FFT."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

Array = NDArray[np.float64]
Density = NDArray[np.float32]

#: The kernel's tail beyond this many of its standard deviations (3e-4 of its height) is cut.
KERNEL_REACH = 4.0
#: No kernel is narrower than this share of the window (2 cells of 200): it is what a point mass
#: and a line are drawn with, and the narrowest that the grid can carry.
BANDWIDTH_FLOOR = 0.01


def scott_bandwidth(points: Array, floor: float = 0.0) -> Array:
    """The bandwidth matrix H = n^(-1/3) Σ of Scott's rule in two dimensions, as shape (2, 2).

    This is the square of the factor n^(-1/(d+4)) times the sample covariance, as in
    `scipy.stats.gaussian_kde`: D. W. Scott, Multivariate Density Estimation (1992), eq. 6.42.

    Args:
        points: shape (n, 2), finite, of moderate size (unit coordinates of a window).
        floor: the least standard deviation of the kernel in any direction; narrower directions
            are widened to it. With fewer than two points the kernel is round and has this size.
    """
    if len(points) < 2:
        return np.eye(2) * floor**2
    centred = points - np.ascontiguousarray(points.T).mean(axis=1)
    covariance: Array = centred.T @ centred / (len(points) - 1) * len(points) ** (-1 / 3)
    if floor == 0:
        return covariance
    variances, directions = np.linalg.eigh(covariance)
    if variances[0] >= floor**2:
        return covariance
    widened: Array = (directions * np.maximum(variances, floor**2)) @ directions.T
    return widened


def density_on_grid(
    points: Array, bandwidth: Array, cells: int = 200, weights: Array | None = None
) -> Density:
    """Estimate the density of samples at the middles of `cells` × `cells` cells of the unit square.

    Each sample is shared out linearly among its four nearest nodes, and the sum of kernels
    becomes one multiplication of spectra: B. W. Silverman, Applied Statistics 31 (1982) 93-99;
    M. P. Wand, J. Comput. Graph. Stat. 3 (1994) 433-445. The sharing widens every sample by a
    triangle; its known spectrum sinc² is divided out again.

    Args:
        points: shape (n, 2), n ≥ 1, no NaN; those outside the square count as far as they reach.
        bandwidth: covariance of the kernel, shape (2, 2); its standard deviations should be
            at least 1.5 cells.
        cells: nodes along each axis.
        weights: shape (n,), how much each sample counts; all the same where it is not given.

    Returns:
        Shape (cells, cells), per unit of area, row by row from the lowest second coordinate, so
        [j, i] is at ((i + ½)/cells, (j + ½)/cells). Never negative.
    """
    deviations = np.sqrt(np.diag(bandwidth)) * cells
    # Room on each side for all samples whose kernels reach in: what the FFT wraps around lands
    # in the room of the other side.
    room = [int(np.ceil(min(KERNEL_REACH * d, 2.0 * cells))) + 1 for d in deviations]
    width, height = (fft.next_fast_len(cells + 2 * r, real=True) for r in room)
    mass = _share_out(points * cells - 0.5 + room, width, height, weights)
    spectrum = fft.rfft2(mass)
    spectrum *= _transfer(bandwidth * cells**2, width, height)
    smooth = fft.irfft2(spectrum, s=(height, width), overwrite_x=True)
    shown = smooth[room[1] : room[1] + cells, room[0] : room[0] + cells]
    total = len(points) if weights is None else float(weights.sum())
    density: Density = np.maximum(shown, 0) * np.float32(cells**2 / total)
    return density


def _share_out(places: Array, width: int, height: int, weights: Array | None) -> Density:
    """Sum the samples at `places` (in cells) onto the nodes, linearly."""
    first, second = ((places >= 0) & (places < (width - 1, height - 1))).T
    inside = first & second
    places = places[inside]
    nodes = places.astype(np.intp)
    right, up = (places - nodes).T
    index = nodes[:, 1] * width + nodes[:, 0]
    size = width * height
    above, below = up, 1 - up
    if weights is not None:
        above, below = above * weights[inside], below * weights[inside]
    mass = np.bincount(index, (1 - right) * below, size)
    mass += np.bincount(index + 1, right * below, size)
    mass += np.bincount(index + width, (1 - right) * above, size)
    mass += np.bincount(index + width + 1, right * above, size)
    return mass.reshape(height, width).astype(np.float32)


def _transfer(bandwidth: Array, width: int, height: int) -> Density:
    """The spectrum of the kernel (covariance in cells²) over that of the linear sharing."""
    across, across_sinc = _frequencies(width, True)
    along, along_sinc = _frequencies(height, False)
    (a, b), (_, c) = bandwidth
    exponent = along[:, None] * across[None, :]
    exponent *= np.float32(-4 * np.pi**2 * b)
    exponent += (-2 * np.pi**2 * a * across**2).astype(np.float32)
    exponent += (-2 * np.pi**2 * c * along**2).astype(np.float32)[:, None]
    transfer: Density = np.exp(exponent, out=exponent)
    transfer /= across_sinc
    transfer /= along_sinc[:, None]
    return transfer


@lru_cache(maxsize=64)
def _frequencies(length: int, half: bool) -> tuple[Density, Density]:
    """Frequencies in cycles per cell, and the spectrum sinc² of a triangle of one cell."""
    frequencies = fft.rfftfreq(length) if half else fft.fftfreq(length)
    return frequencies.astype(np.float32), np.sinc(frequencies).astype(np.float32) ** 2
