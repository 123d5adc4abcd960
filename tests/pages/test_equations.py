"""Equations are rendered while the book is built: by the Node of a wheel, and never wrongly."""

import pytest

from tools.notebook_files import ROOT


@pytest.fixture
def renderer(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "website"))
    monkeypatch.setenv("PATH", "")  # a machine without Node
    from lstm_book import equations

    process = equations.start_renderer()
    yield lambda tex, display=True: equations.render(process, tex, display)
    equations.stop_renderer(process)
    process.stdout.close()


def test_an_equation_is_there_for_eye_and_ear(renderer):
    html = renderer(r"c_t = f_t \odot c_{t-1}")
    assert "katex-html" in html
    assert "<math" in html


def test_answers_come_in_the_order_of_the_questions(renderer):
    assert all(f">{n}<" in renderer(str(n), display=False) for n in range(50))


@pytest.mark.parametrize("tex", [r"\nosuchcommand", r"\frac{1}", "$x$", r"\begin{aligned} a"])
def test_wrong_tex_is_refused(renderer, tex):
    with pytest.raises(ValueError, match="KaTeX"):
        renderer(tex)


def test_the_renderer_goes_on_after_wrong_tex(renderer):
    with pytest.raises(ValueError, match="KaTeX"):
        renderer("{")
    assert "katex" in renderer("x")


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{align} a &= b \\ c &= d \end{align}",  # numbered by Sphinx, not twice
        r"a = b \\ c = d",
        r"\text{遗忘门} = \sigma",
    ],
)
def test_what_authors_write_is_rendered(renderer, tex):
    html = renderer(tex)
    assert "katex" in html
    assert 'class="tag"' not in html
