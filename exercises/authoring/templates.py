"""The texts of new exercises: each shows its kind at its smallest, with comments for the author."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: The head of every exercise.toml.
COMMON = """
# What is asked, for how many points. docs/authoring.md lists every key.
title = "{TITLE}"
# The heading under which it is listed, and its place there.
part = "New exercises"
order = 1000
"""

_HINTS = """
# Shown one by one, when a student asks for them.
hints = ["{}"]
"""

_LAW: Mapping[str, str] = {
    "exercise.toml": _HINTS.format("Which $f$ multiplies a standard deviation by three?")
    + """
# f(z) must follow the law of the f in reference.py: any f with that law is right.
[[criteria]]
check = "law"
points = 10

# No points: the report only tells.
[[criteria]]
check = "invertibility"
""",
    "statement.md": r"""
Write an $f$ such that $x = f(z)$ follows $\mathcal{N}(\mathbf{0}, 9I)$ when
$z \sim \mathcal{N}(0, I)$.

Only the law of $x$ is judged: more than one $f$ is right.
""",
    "starter.py": """
import numpy as np


def f(z):
    # z is one point: an array of two numbers.
    return z
""",
    "reference.py": """
# One right answer. It never reaches a student. Build its law again whenever you change it:
# grader exercises build FOLDER
def f(z):
    return 3 * z
""",
    "alternatives/mirrored.py": """
# Another right answer: it must get full marks, too.
def f(z):
    return -3 * z[::-1]
""",
    "mistakes/variance_for_deviation.py": """
# verdict = "failed"
# misconception = "scale"
# finding = "law"
# Those lines say what the report must say. This mistake took the variance for the deviation.
def f(z):
    return 9 * z
""",
}

_INVERSE: Mapping[str, str] = {
    "exercise.toml": _HINTS.format("Solve $x_2 = z_2 + z_1^2$ for $z_2$, where $z_1 = x_1$.")
    + """
# Every function that a submission must define; f_inv is asked at x = f(z).
[[functions]]
name = "f"

[[functions]]
name = "f_inv"
arguments = { x = 2 }
asked_at = "x"

# Each must undo the other.
[[criteria]]
check = "inverse"
points = 6

[[criteria]]
check = "law"
points = 4
""",
    "statement.md": r"""
The map $f(z) = (z_1,\; z_2 + z_1^2)$ bends the plane into a banana. Write it as `f(z)`, and write
its inverse as `f_inv(x)`.
""",
    "starter.py": """
import numpy as np


def f(z):
    return z


def f_inv(x):
    return x
""",
    "reference.py": """
import numpy as np


def f(z):
    return np.array([z[0], z[1] + z[0] ** 2])


def f_inv(x):
    return np.array([x[0], x[1] - x[0] ** 2])
""",
    "mistakes/sign_kept.py": """
# verdict = "partial"
# finding = "inverse"
import numpy as np


def f(z):
    return np.array([z[0], z[1] + z[0] ** 2])


def f_inv(x):
    return np.array([x[0], x[1] + x[0] ** 2])
""",
}

_LOG_PROB: Mapping[str, str] = {
    "exercise.toml": _HINTS.format(
        "Take $\\\\log p(z)$ at $z = f^{-1}(x)$, and subtract $\\\\log |\\\\det J|$."
    )
    + """
[[functions]]
name = "f"

# A number for each x: outputs = 0.
[[functions]]
name = "log_prob"
arguments = { x = 2 }
outputs = 0
asked_at = "x"

[[criteria]]
check = "log_prob"
points = 10
""",
    "statement.md": r"""
Take $f(z) = (e^{z_1},\; 2 z_2)$. Write it as `f(z)`, and write the logarithm of the density of
$x = f(z)$ as `log_prob(x)`, a number.
""",
    "starter.py": """
import numpy as np


def f(z):
    return np.array([np.exp(z[0]), 2 * z[1]])


def log_prob(x):
    return 0.0
""",
    "reference.py": """
import numpy as np


def f(z):
    return np.array([np.exp(z[0]), 2 * z[1]])


def log_prob(x):
    z1, z2 = np.log(x[0]), x[1] / 2
    log_base = -(z1**2 + z2**2) / 2 - np.log(2 * np.pi)
    # The determinant of f at z is 2 exp(z1).
    return log_base - z1 - np.log(2)
""",
    "mistakes/no_determinant.py": """
# verdict = "failed"
# finding = "log_prob"
import numpy as np


def f(z):
    return np.array([np.exp(z[0]), 2 * z[1]])


def log_prob(x):
    z1, z2 = np.log(x[0]), x[1] / 2
    return -(z1**2 + z2**2) / 2 - np.log(2 * np.pi)
""",
}

_VALUES: Mapping[str, str] = {
    "exercise.toml": _HINTS.format("The score is the gradient of $\\\\log p(x)$.")
    + """
# Asked at the points that draw_score in reference.py draws.
[[functions]]
name = "score"
arguments = { x = 2 }
asked_at = "points"

# One right value at each point: the reference's.
[[criteria]]
check = "values"
function = "score"
points = 10
""",
    "statement.md": r"""
The score of a density is $\nabla_x \log p(x)$. Write the score of $\mathcal{N}(\mathbf{1}, 4I)$ as
`score(x)`.
""",
    "starter.py": """
import numpy as np


def score(x):
    return np.zeros(2)
""",
    "reference.py": """
import numpy as np


def score(x):
    return (np.ones(2) - x) / 4


def draw_score(rng, n):
    # The held-out points, shape (n, 2). Students never have them.
    return 1 + 2 * rng.standard_normal((n, 2))
""",
    "mistakes/not_divided.py": """
# verdict = "failed"
# finding = "values"
import numpy as np


def score(x):
    return np.ones(2) - x
""",
}

CODE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"law": _LAW, "inverse": _INVERSE, "log-prob": _LOG_PROB, "values": _VALUES}
)

QUIZ: Mapping[str, str] = MappingProxyType(
    {
        "exercise.toml": """kind = "quiz"
points = 4

# draw = 3 would ask each student three questions of the bank.
[quiz]
scoring = "each"
""",
        "statement.md": r"""
Push $z \sim \mathcal{N}(0, I)$ through a function $f$ and look at $x = f(z)$.
""",
        "questions.toml": r"""# The whole bank, with its answers: no student sees this file.

# A statement: without options it is true or false.
[[questions]]
id = "determinant"
text = "If $f$ is invertible and differentiable, $p(x)$ can be found from $p(z)$ and the Jacobian."
answer = true
explanation = "That is the change of variables: $p(x) = p(z)\\,|\\det J|^{-1}$ at $z = f^{-1}(x)$."
source = "Papamakarios et al. (2021), Normalizing Flows, JMLR 22, section 2."

# A choice: the answer is the id of an option.
[[questions]]
id = "scale"
text = "Which $f$ turns $\\mathcal{N}(0, I)$ into $\\mathcal{N}(0, 4I)$?"
answer = "two"
explanation = "The covariance of $2z$ is $2^2 I$."
source = "Any text on the Gaussian distribution."

[[questions.options]]
id = "two"
text = "$f(z) = 2z$"
feedback = "A factor of 2 makes the variance four times as large."

[[questions.options]]
id = "four"
text = "$f(z) = 4z$"
feedback = "That makes the variance sixteen times as large."
""",
    }
)
