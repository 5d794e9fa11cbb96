import re

import pytest
from markupsafe import Markup

from exercises.report import Finding, Status
from grader.web.evidence import named_values
from grader.web.formula import LONGEST, formula
from grader.web.listing import listing
from grader.web.spoken import spoken
from grader.web.statement import readable, render_inline, render_statement
from grader.web.visible import visible

MATHML = set("math mi mn mo mtext mspace mrow mfrac msqrt msub msup mtable mtr mtd".split())


def test_hostile_text_is_escaped_and_what_hides_is_shown() -> None:
    shown = visible("<b>&\u202e\x1b[31m\0\ud800\ufeff")
    assert "<b>" not in shown
    assert "&lt;b&gt;&amp;" in shown
    for code in ("U+202E", "U+001B", "U+0000", "U+D800", "U+FEFF"):
        assert f">{code}</span>" in shown
    shown.encode("utf-8")


@pytest.mark.parametrize("text", ["plain", "θ = é 中 😀 👩‍💻", "tab\tand\nline", ""])
def test_honest_text_is_left_alone(text: str) -> None:
    assert visible(text) == Markup(text)


def test_lines_are_counted_as_python_counts_them() -> None:
    source = "a\r\nb\rc\x0cd\u2028e\x85f\n"
    assert [line.text for line in listing(source, [])] == ["a", "b", "c\x0cd\u2028e\x85f"]
    assert [line.number for line in listing(source, [])] == [1, 2, 3]
    assert listing("", []) == []
    assert len(listing("a\n\n", [])) == 2


def test_findings_mark_their_lines() -> None:
    findings = [
        Finding(check="a", status=Status.FAILED, message="first", line=2),
        Finding(check="b", status=Status.FAILED, message="second", line=2),
        Finding(check="c", status=Status.PASSED, message="none"),
        Finding(check="d", status=Status.FAILED, message="beyond", line=99),
    ]
    lines = listing("one\ntwo\n", findings)
    assert [line.remarks for line in lines] == [(), ("first", "second")]


def test_evidence_is_named_in_words() -> None:
    values = named_values({"false_fail": 1e-06, "mean": [1.0, 2], "reason": "a", "witness": None})
    assert values == [("false fail", "1e-06"), ("mean", "[1.0, 2]"), ("reason", "a")]


@pytest.mark.parametrize(
    ("tex", "html"),
    [
        (r"z \sim \mathcal{N}(0, I)", "z ∼ 𝒩(0, I)"),
        (r"\mathcal{N}(\mathbf{1}, 4I)", "𝒩(<b>1</b>, 4I)"),
        (r"f_\theta(x)", "f<sub>θ</sub>(x)"),
        (r"x_1^{2}", "x<sub>1</sub><sup>2</sup>"),
        (r"|z| \le 4", "|z| ≤ 4"),
        (r"-1 < x", "−1 &lt; x"),
        (r"<script>", "&lt;script&gt;"),
    ],
)
def test_short_formulas_are_readable_as_text(tex: str, html: str) -> None:
    assert readable(tex) == html


def test_a_statement_is_markdown_with_formulas_and_no_html() -> None:
    html = render_statement(
        "Let $z \\sim p$ and *go*.\n\n<script>alert(1)</script> costs 5$ or \\$6"
    )
    assert "<mi>z</mi>" in html
    assert "<mo" in html
    assert ">∼</mo><mi>p</mi></math></span>" in html
    assert "<em>go</em>" in html
    assert "<script>" not in html
    assert "5$ or $6" in html


def test_a_formula_on_a_line_of_its_own_is_a_block() -> None:
    html = render_statement("$$\\frac{1}{2\\pi}$$")
    assert '<span class="math display" tabindex="0"><math display="block">' in html
    assert "<mfrac><mn>1</mn>" in html


@pytest.mark.parametrize("written", ["$$\nx^2\n$$", "$$ x^2 $$", "so\n$$x^2$$\nthen"])
def test_the_signs_of_a_block_need_not_touch_it(written: str) -> None:
    html = render_statement(written)
    assert '<math display="block"><msup><mi>x</mi><mn>2</mn></msup></math>' in html
    assert "$" not in html


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("$f_A$", "f_A"),
        ("along the line $2 z_1 + z_2 = 0$", "along the line 2 z_1 + z_2 = 0"),
        ("$x_1^2$ and $e^{2a}$", "x_1^2 and e^(2 a)"),
        (r"$\tfrac{1}{a + b}$, $\sqrt{2}$, $\theta \ne 0$", "1 / (a + b), √(2), θ ≠ 0"),
        ("`z[0]` & *no* formula", "z[0] & no formula"),
        (r"$\notacommand{2}$ stays", "notacommand{2} stays"),
    ],
)
def test_formulas_can_be_read_aloud_in_a_line(written: str, said: str) -> None:
    assert spoken(render_inline(written)) == said


def test_signs_with_nothing_between_them_stay() -> None:
    assert "$$ $$" in render_statement("it costs $$ $$ or $ 5 and $ 6")


@pytest.mark.parametrize("tex", [r"\nosuchcommand{x}_1", r"\frac{1}{", "x" * (LONGEST + 1)])
def test_what_cannot_be_typeset_stays_readable(tex: str) -> None:
    assert formula(tex, display=False) is None
    assert f'<span class="math">{readable(tex)}</span>' in render_statement(f"${tex}$")


def test_a_formula_may_be_nested_as_deeply_as_it_is_long() -> None:
    half = LONGEST // 2
    assert formula("{" * half + "}" * half, display=True) is not None


@pytest.mark.parametrize(
    "tex",
    [
        "a < b & <script>alert(1)</script>",
        r"\text{<img src=x onerror=alert(1)>}",
        r"\href{javascript:alert(1)}{x}",
        r"\textcolor{red}{x}",
        r"\boxed{x}",
        r"\begin{align} a &= b \label{q} \\ c &= d \end{align}",
        r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}",
        r"\def\a{\a\a}\a",
    ],
)
def test_no_formula_brings_in_elements_styles_or_links(tex: str) -> None:
    html = render_statement(f"${tex}$")
    tags = re.findall(r"<(/?)([a-z]+)([^>]*)>", html)
    assert {name for _, name, _ in tags} <= {"p", "span", "b", "i", "sub", "sup"} | MATHML
    assert not any(re.search(r"\b(style|id|on\w+|href|src)=", rest) for _, _, rest in tags)


def test_aligned_lines_keep_their_alignment_without_inline_styles() -> None:
    html = render_statement(r"$$\begin{aligned} a &= b \\ c &= d \end{aligned}$$")
    assert html.count('<mtd class="right">') == html.count('<mtd class="left">') == 2


@pytest.mark.parametrize(
    "written",
    [
        "<math><script>alert(1)</script></math>",
        "<math href='javascript:alert(1)'></math>",
        "<math><mi onclick='alert(1)'>x</mi></math>",
        "<math><annotation-xml></annotation-xml></math>",
    ],
)
def test_the_converter_is_not_believed(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hostile:
        def convert_with_local_state(self, tex: str, *, displaystyle: bool) -> str:
            return written

    monkeypatch.setattr("grader.web.formula._converter", Hostile)
    assert formula("x", display=False) is None
