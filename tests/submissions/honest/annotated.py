# ruff: noqa
# x: 3.5 2.0
from typing import Callable, List, Optional, Tuple
import numpy as np
import numpy.typing as npt

Vector = np.ndarray
Transform = Callable[[npt.NDArray[np.float64]], Vector]
shift: float = 3.0
names: List[str]
scales: "Optional[Tuple[float, ...]]" = None


def f(z: npt.NDArray[np.float64], *, c: float = shift) -> "npt.NDArray":
    out: np.ndarray = z + c
    return out
