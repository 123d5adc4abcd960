"""Text, charts and drawings: the same on every run, and showing what they should."""

import io
import re

import numpy as np
import pytest
from matplotlib import pyplot as plt

from lstm_lib import _bitmaps, diagrams, plotting
from lstm_lib.language import speaking
from lstm_lib.printing import fixed, table, width


def test_fixed_rounds_and_has_no_negative_zero():
    assert fixed([-0.00001, 1.23456]) == "[0.0000 1.2346]"
    assert fixed(-0.00001) == "0.0000"
    assert fixed(np.float32(2.0), 1) == "2.0"
    assert fixed([[1, -2]], 2) == "[[1.00 -2.00]]"


def test_table_aligns_columns(capsys):
    table(["a", "long name"], [("xx", 1), ("y", 22)])
    assert capsys.readouterr().out.splitlines() == [
        "a   long name",
        "--  ---------",
        "xx  1",
        "y   22",
    ]


def test_table_refuses_a_short_row():
    with pytest.raises(ValueError, match="expected 2 entries, given 1"):
        table(["a", "b"], [("only one",)])


@pytest.fixture
def drawn(monkeypatch):
    """Figures that a function of plotting shows, kept instead of shown."""
    plotting.use_book_style()
    monkeypatch.setattr(plt, "show", lambda: None)
    yield lambda: plt.gcf()
    plt.close("all")


def test_rounded_keeps_four_digits():
    values = plotting.rounded([123456.0, 0.00123456, -1.0e-300, 0.0, np.nan])
    assert values[:4].tolist() == [123500.0, 0.001235, -1.0e-300, 0.0]
    assert np.isnan(values[4])
    assert not np.signbit(plotting.rounded([-0.0]))[0]


def test_curves_draw_each_line_with_its_label(drawn):
    plotting.curves([0, 1, 2], {"one": [1, 2, 3], "two": [3, 2, 1]}, xlabel="x", ylabel="y")
    axes = drawn().axes[0]
    assert [line.get_label() for line in axes.lines] == ["one", "two"]
    assert axes.lines[0].get_ydata().tolist() == [1, 2, 3]
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y")


def test_a_graph_has_a_label_on_each_arrow(drawn):
    places = {"a": (0, 0), "b": (1, 1), "c": (2, 0)}
    plotting.graph(places, [("a", "b", "X"), ("b", "b", "Y"), ("b", "c", "Z")], start="s", end="e")
    axes = drawn().axes[0]
    at = {text.get_text(): text.get_position() for text in axes.texts if text.get_text()}
    assert (at["X"], at["Z"]) == ((0.5, 0.5), (1.5, 0.5))
    assert at["Y"][0] == 1
    assert at["Y"][1] > 1
    assert (at["s"][0], at["e"][0]) == (0, 2)
    assert sum(text.arrow_patch is not None for text in axes.texts if not text.get_text()) == 3
    assert axes.lines[0].get_xdata().tolist() == [0, 1, 2]


def test_ratios_are_dots_in_the_order_of_the_rows(drawn):
    plotting.ratios(["small", "large"], {"ours": [0.5, 2], "theirs": [1, 3]}, xlabel="ratio")
    axes = drawn().axes[0]
    ours, theirs, one = axes.lines
    assert (ours.get_xdata().tolist(), theirs.get_xdata().tolist()) == ([0.5, 2], [1, 3])
    assert ours.get_linestyle() == theirs.get_linestyle() == "None"
    assert one.get_xdata() == [1, 1]
    assert [each.get_text() for each in axes.get_yticklabels()] == ["small", "large"]
    assert axes.yaxis.get_inverted()
    assert (axes.get_xscale(), axes.get_xlabel()) == ("log", "ratio")


def test_ratios_refuse_a_series_of_another_length(drawn):
    with pytest.raises(ValueError, match="ours: expected 2 values, as rows has, given 1"):
        plotting.ratios(["small", "large"], {"ours": [1]}, xlabel="ratio")


def test_lamps_show_each_run_quickest_first(drawn):
    found = {
        "one": {"a": [None, 100, 101], "b": [5, 6, 7]},
        "two": {"a": [1, 2, 3], "b": [None] * 3},
    }
    plotting.lamps(found, early=100)
    axes = drawn().axes[0]
    early, late, never = (each.get_offsets().tolist() for each in axes.collections)
    assert sorted(early) == [[0, 0], [0, 1], [1, 1], [2, 1], [5, 0], [6, 0], [7, 0]]
    assert late == [[1, 0]]
    assert sorted(never) == [[2, 0], [5, 1], [6, 1], [7, 1]]
    assert [each.get_text() for each in axes.get_yticklabels()] == ["a", "b"]
    assert [each.get_text() for each in axes.get_xticklabels()] == ["one", "two"]
    assert len(axes.get_legend().get_texts()) == 3


def test_lamps_of_runs_that_all_solved(drawn):
    plotting.lamps({"one": {"a": [1, 2]}}, early=100)
    early, late, never = (len(each.get_offsets()) for each in drawn().axes[0].collections)
    assert early == 2
    assert late == never == 1  # a place without a number, for the legend


def test_curves_refuse_a_line_of_another_length(drawn):
    with pytest.raises(ValueError, match="one: expected 3 values, as x has, given 2"):
        plotting.curves([0, 1, 2], {"one": [1, 2]}, xlabel="x", ylabel="y")


def test_heat_maps_have_units_as_rows_and_their_own_scale(drawn):
    gates = np.array([[0.0, 1.0, 0.5], [0.2, 0.3, 0.4]])
    plotting.heat_maps({"gate": gates, "c": 4 * gates - 2}, xlabel="t", ylabel="u", signed=["c"])
    gate, cell = (axes.images[0] for axes in drawn().axes[:2])
    assert gate.get_array().tolist() == gates.tolist()
    assert gate.get_clim() == (0.0, 1.0)
    assert cell.get_clim() == (-2.0, 2.0)


def test_wilson_interval_against_published_values():
    # 0 of 10 and 10 of 10: 1.96^2 / (10 + 1.96^2) from the end.
    assert plotting.wilson_interval(0, 10) == pytest.approx((0.0, 0.27754), abs=1e-4)
    assert plotting.wilson_interval(10, 10) == pytest.approx((0.72246, 1.0), abs=1e-4)
    low, high = plotting.wilson_interval(5, 10)
    assert low == pytest.approx(1 - high)
    assert low == pytest.approx(0.2366, abs=1e-4)


def test_solve_rates_draw_shares(drawn):
    plotting.solve_rates([2, 5], {"a": [10, 0], "b": [5]}, trials=10, xlabel="gap")
    lines = drawn().axes[0].lines
    assert [1.0, 0.0] in [line.get_ydata().tolist() for line in lines]
    assert [0.5] in [line.get_ydata().tolist() for line in lines]  # it ends at 2


@pytest.mark.parametrize("part", [None, *diagrams.LSTM_PARTS])
def test_drawing_says_in_words_what_is_to_be_seen(part):
    drawing = diagrams.lstm_cell(part)
    html = drawing._repr_html_()
    assert html.count("<svg") == 1
    assert 'role="img"' in html
    assert "currentColor" in html
    assert ("Highlighted" in drawing.label) == (part is not None)
    assert (diagrams.ACCENT in html) == (part is not None)
    assert repr(drawing) == f"Drawing: {drawing.label}"


def test_the_way_back_is_the_cell_with_every_line_turned_round():
    forward, backward = diagrams.lstm_cell(), diagrams.lstm_cell_backward()
    lines = [re.findall(r'<polyline points="([^"]+)"', each.svg) for each in (forward, backward)]
    turned = [" ".join(reversed(line.split())) for line in lines[0]]
    assert sorted(turned) == sorted(lines[1])
    assert backward.svg.count("<polygon") == len(turned)  # every line has a head
    assert re.findall("δ(.)", backward.svg) != [] == re.findall("δ(.)", forward.svg)
    assert backward.svg.count(diagrams.ACCENT) == 2
    assert "Highlighted: the way from the new c to the old one" in repr(backward)


def test_drawing_of_an_unknown_part():
    with pytest.raises(ValueError, match="expected one of forget, input, update, output, given"):
        diagrams.lstm_cell("memory")


def test_a_table_of_chinese_words_stands_in_columns(capsys):
    table(["门", "LSTM", "x"], [("遗忘门", 1, 2), ("o", "各单元", 3)])
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "门      LSTM    x",
        "------  ------  -",
        "遗忘门  1       2",
        "o       各单元  3",
    ]
    assert {width(line) for line in lines} == {17}


def test_names_in_results_are_said_in_the_language_that_is_set(capsys, drawn):
    with speaking("zh_CN"):
        table(["a"], [["RNN, orthogonal"]])
        plotting.solve_rates([1], {"RNN, orthogonal": [1]}, trials=2, xlabel="x")
    assert capsys.readouterr().out.splitlines()[-1] == "RNN，正交"
    assert drawn().axes[0].get_legend().texts[0].get_text() == "RNN，正交"


def bitmap_of(figure, format="png"):
    stream = io.BytesIO()
    figure.savefig(stream, format=format)
    return stream.getvalue()


@pytest.fixture
def chart(drawn):
    """A chart with two Chinese words that Matplotlib's font would draw as the same two boxes."""

    def chart(label):
        plotting.curves([0, 1], {"x": [0, 1]}, xlabel=label, ylabel="y")
        return drawn()

    with speaking("zh_CN"):
        yield chart


def test_a_bitmap_has_chinese_letters(chart, recwarn):
    if _bitmaps._chinese_font() is None:
        pytest.skip("no Chinese font on this machine")
    first, second = chart("遗忘"), chart("输入")
    assert bitmap_of(first) != bitmap_of(second)
    assert [str(each.message) for each in recwarn] == []
    # A later figure, and the SVG of this one, are as they were.
    assert first.axes[0].xaxis.label.get_fontfamily() == ["sans-serif"]
    assert b"CJK" not in bitmap_of(first, "svg")


def test_a_bitmap_without_a_chinese_font_says_so(chart, monkeypatch):
    monkeypatch.setattr(_bitmaps, "_chinese_font", lambda: None)
    first, second = chart("遗忘"), chart("输入")
    with pytest.warns(UserWarning, match="这台机器上没有中文字体"):
        boxes = bitmap_of(first)
    with pytest.warns(UserWarning, match="Noto Sans CJK"):
        assert boxes == bitmap_of(second)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_bitmap_of_english_words_needs_no_chinese_font(drawn, monkeypatch, recwarn, language):
    monkeypatch.setattr(_bitmaps, "_chinese_font", lambda: pytest.fail("nobody asks"))
    plotting.curves([0, 1], {"x": [0, 1]}, xlabel="x", ylabel="y")
    with speaking(language):
        bitmap_of(drawn())
    assert list(recwarn) == []
