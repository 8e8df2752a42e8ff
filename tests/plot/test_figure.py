"""What someone who plots a network sees."""

from __future__ import annotations

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
import sympy as sp
import torch
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.lines import Line2D

from kanwidget import KAN
from kanwidget.errors import OptionError
from kanwidget.plot.figure import plot

VIOLET = {"light": "#6a3fd1", "dark": "#b79cff"}


def network(width: list[Any], seed: int = 0) -> KAN:
    return KAN(width, seed=seed, dtype=torch.float64)


def weighted(weights: list[float]) -> KAN:
    """Lines with given slopes, one per input, that meet in one output."""
    model = network([len(weights), 1])
    for i, weight in enumerate(weights):
        model.fix_symbolic(0, i, 0, "x", [1, 0, weight, 0], verbose=False)
    return model


def axes(figure: Figure) -> Axes:
    return figure.axes[0]


def curves(figure: Figure) -> list[Line2D]:
    """From top to bottom."""
    return sorted(axes(figure).lines, key=lambda line: float(np.nanmean(line.get_ydata())))


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in axes(figure).texts if text.get_text()]


def darkness(line: Line2D) -> float:
    return 1 - float(np.mean(to_rgb(line.get_color())))


def pixels(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_figure(buffer, format="png", dpi=60)
    return buffer.getvalue()


def assert_inside(figure: Figure) -> None:
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    box, page = figure.get_tightbbox(renderer), figure.bbox_inches
    assert page.x0 <= box.x0 < box.x1 <= page.x1
    assert page.y0 <= box.y0 < box.y1 <= page.y1


# ---------------------------------------------------------------------- what is drawn


@pytest.mark.parametrize("width", [[1, 1], [2, 5, 1], [1, 4, 1], [3, 2], [2, [1, 2], 1], [2, 3, 3, 1]])
def test_every_edge_of_a_small_network_has_its_curve(width: list[Any]) -> None:
    model = network(width)
    figure = model.plot()
    assert len(curves(figure)) == sum(1 for _ in model.edges())


def test_removed_edges_are_not_drawn() -> None:
    model = network([2, 5, 1])
    model.remove_edge(0, 1, 2)
    figure = model.plot()
    assert len(curves(figure)) == 14
    assert "9 edges" in words(figure)


def test_the_curve_is_the_function_of_the_edge() -> None:
    model = network([1, 1])
    model.set_reference(np.linspace(-0.5, 0.8, 50))
    y = curves(model.plot())[0].get_ydata()
    x = torch.linspace(-0.5, 0.8, len(y), dtype=torch.float64)[:, None]
    truth = model.layer(0).edges(x)[:, 0, 0].detach().numpy()
    # Screens count downwards; apart from that the drawing is the function in other units.
    assert np.corrcoef(-np.asarray(y), truth)[0, 1] == pytest.approx(1)


def test_names_captions_and_counts_are_written() -> None:
    model = network([2, 5, 1])
    model.input_names, model.output_names = ("speed", "x_1"), ("drag",)
    assert {"speed", "x", "1", "drag", "10 edges", "5 edges"} <= set(words(model.plot()))


def test_given_names_replace_those_of_the_network() -> None:
    figure = plot(network([2, 1]), in_vars=["mass", sp.Symbol("v_2")], out_vars=("energy",))
    assert {"mass", "v", "2", "energy"} <= set(words(figure))
    assert "x" not in words(figure)


def test_the_title_is_written() -> None:
    assert "Pendulum" in words(plot(network([2, 1]), title="Pendulum"))


def test_large_networks_say_how_much_is_hidden() -> None:
    model = weighted([5.0] * 5 + [1e-3] * 30)
    assert "5 of 35 edges" in words(model.plot())
    assert len(curves(model.plot())) == 5
    assert "35 edges" in words(plot(model, threshold=0, max_curves=35))


def test_nodes_without_a_visible_edge_are_counted() -> None:
    model = network([2, 20, 1])
    for j in range(3, 20):
        model.remove_node(1, j)
    assert "17 faint" in words(model.plot())


def test_no_more_curves_than_asked_for() -> None:
    assert len(curves(plot(network([2, 5, 1]), max_curves=3))) == 6
    assert len(curves(plot(network([2, 5, 1]), max_curves=0))) == 0
    assert len(curves(plot(network([10, 20, 5]), threshold=0))) <= 48


# ---------------------------------------------------------------------- importance


def test_curves_and_links_fade_with_importance() -> None:
    figure = weighted([4.0, 2.0, 1.0, 0.02]).plot()
    shades = [darkness(line) for line in curves(figure)]
    assert shades == sorted(shades, reverse=True)
    assert shades[0] > shades[1] > shades[3]
    links = [p for p in axes(figure).patches if not p.get_fill() and p.get_edgecolor()[3] > 0]
    by_width = sorted(links, key=lambda link: link.get_linewidth())
    levels = [float(np.mean(link.get_path().vertices[:, 1])) for link in by_width]
    assert levels == sorted(levels, reverse=True), "the widest link is the uppermost, as its importance is largest"


def test_the_threshold_makes_more_edges_faint() -> None:
    model = weighted([4.0, 1.0])
    usual, strict = (darkness(curves(plot(model, threshold=t))[1]) for t in (0.02, 0.5))
    assert strict < usual


def test_with_a_common_scale_flat_means_unimportant() -> None:
    model = weighted([4.0, 1.0])
    strong, weak = (float(np.ptp(line.get_ydata())) for line in curves(model.plot()))
    assert strong == pytest.approx(4 * weak, rel=0.01)
    strong, weak = (float(np.ptp(line.get_ydata())) for line in curves(plot(model, y_scale="own")))
    assert strong == pytest.approx(weak)


# ---------------------------------------------------------------------- symbolic edges


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_named_edges_are_violet_and_carry_their_name(theme: Any) -> None:
    model = network([2, 1])
    model.fix_symbolic(0, 0, 0, "x^2", [1, 0, 1, 0], verbose=False)
    figure = plot(model, theme=theme)
    assert "x²" in words(figure)
    tag = next(text for text in axes(figure).texts if text.get_text() == "x²")
    assert tag.get_color() == VIOLET[theme]
    named, spline = curves(figure)
    red, green, blue = to_rgb(named.get_color())
    assert blue > red > green
    assert np.ptp(to_rgb(spline.get_color())) < 0.1


def test_a_function_outside_its_domain_leaves_a_gap() -> None:
    model = network([1, 1])
    model.fix_symbolic(0, 0, 0, "log", [1, 0, 1, 0], verbose=False)
    y = np.asarray(curves(model.plot())[0].get_ydata(), dtype=float)
    assert np.isnan(y[:50]).all()
    assert np.isfinite(y[70:]).all()
    pixels(model.plot())


def test_edges_that_cannot_be_judged_are_not_hidden() -> None:
    model = weighted([5.0] * 30)
    model.fix_symbolic(0, 3, 0, "log", [1, 0, 1, 0], verbose=False)
    figure = plot(model, threshold=0.5, max_curves=30)
    assert "log" in words(figure)
    assert "30 edges" in words(figure)


def test_a_pole_does_not_flatten_the_rest() -> None:
    model = network([1, 1])
    model.fix_symbolic(0, 0, 0, "1/x", [1, 0.001, 1, 0], verbose=False)
    figure = model.plot()
    y = curves(figure)[0].get_ydata()
    assert float(np.ptp(y[:40])) > 5
    assert_inside(figure)


# ---------------------------------------------------------------------- size and place


@pytest.mark.parametrize(
    "width", [[1, 1], [2, 5, 1], [3, 2], [4, [7, 2], 1], [10, 20, 5], [64, 64, 10], [2, 3, 3, 3, 1]]
)
@pytest.mark.parametrize(
    "options", [{}, {"width": 3.4}, {"width": 12}, {"figsize": (4, 2)}, {"figsize": (3, 7)}, {"title": "A title"}]
)
def test_nothing_is_drawn_outside_the_figure(width: list[Any], options: dict[str, Any]) -> None:
    model = network(width)
    model.input_names = (*model.input_names[1:], "a rather long name of an input")
    assert_inside(plot(model, **options))


def test_the_figure_has_the_size_asked_for() -> None:
    model = network([2, 5, 1])
    assert plot(model, width=5).get_size_inches()[0] == pytest.approx(5)
    assert tuple(plot(model, figsize=(6, 3)).get_size_inches()) == (6, 3)


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_it_draws_in_given_axes(layout: Any) -> None:
    figure = Figure(figsize=(8, 4), layout=layout)
    left, right = figure.subplots(1, 2)
    left.plot([1, 2], [3, 4])
    assert plot(network([2, 5, 1]), ax=right) is figure
    assert len(right.lines) == 15
    assert len(left.lines) == 1
    assert_inside(figure)


def test_axes_of_a_subfigure_are_accepted() -> None:
    figure = Figure(figsize=(8, 4))
    part = figure.subfigures(1, 2)[1]
    assert plot(network([2, 1]), ax=part.subplots()) is figure


# ---------------------------------------------------------------------- themes and style sheets


def test_the_dark_theme_is_light_on_dark() -> None:
    figure = plot(network([2, 1]), theme="dark")
    assert np.mean(to_rgb(figure.get_facecolor())) < 0.1
    assert all(darkness(line) < 0.6 for line in curves(figure))


def test_style_sheets_change_nothing_and_stay_unchanged() -> None:
    model = network([2, [2, 1], 1])
    usual = pixels(plot(model, title="The same"))
    odd = {
        "lines.linewidth": 9,
        "lines.linestyle": "--",
        "lines.marker": "o",
        "lines.scale_dashes": False,
        "font.size": 40,
        "font.family": "monospace",
        "text.color": "red",
        "figure.facecolor": "red",
        "figure.dpi": 33,
        "figure.autolayout": True,
        "axes.facecolor": "red",
        "axes.grid": True,
        "patch.linewidth": 9,
        "patch.antialiased": False,
        "path.sketch": (3, 100, 2),
    }
    with matplotlib.rc_context(odd):
        before = dict(matplotlib.rcParams)
        assert pixels(plot(model, title="The same")) == usual
        assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(
    "name", ["$\\frac{1}{", "a_{b}^", "50 %", "<b>&amp;</b>", "two\nlines", "", "_", "α β", "x" * 300]
)
def test_any_text_is_shown_as_text(name: str) -> None:
    model = network([1, 1])
    figure = plot(model, in_vars=[name], out_vars=[name], title=name)
    assert_inside(figure)
    if "\n" not in name and 0 < len(name) < 20:
        assert words(figure).count(name) == 3


# ---------------------------------------------------------------------- good manners


def test_the_network_stays_as_it_is() -> None:
    model = network([2, 5, 1])
    before = {key: value.clone() for key, value in model.state_dict().items() if isinstance(value, torch.Tensor)}
    state = torch.get_rng_state()
    model.plot()
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items() if key in before)
    assert model.reference is None
    assert all(parameter.grad is None for parameter in model.parameters())
    assert torch.equal(torch.get_rng_state(), state)


def test_the_same_network_gives_the_same_picture() -> None:
    model = network([4, [7, 2], 1])
    assert pixels(model.plot()) == pixels(model.plot())


def test_it_can_be_called_on_other_threads() -> None:
    model = network([2, 5, 1])
    expected = pixels(model.plot())
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: pixels(model.plot()), range(8))) == {expected}


def test_no_file_is_written_and_pyplot_not_imported(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from kanwidget import KAN\n"
        "figure = KAN([2, 3, 1]).plot(title='T')\n"
        "assert figure._repr_png_()\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    strict = ("-W", "error", "-W", "ignore::DeprecationWarning")  # which packages of others say of each other
    done = subprocess.run([sys.executable, *strict, "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not done.stdout
    assert not done.stderr
    assert not list(tmp_path.iterdir())


def test_a_notebook_shows_it_without_pyplot() -> None:
    script = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "from kanwidget import KAN\n"
        "figure = KAN([2, 3, 1]).plot(width=5)\n"
        "shown, size = InteractiveShell.instance().display_formatter.format(figure)\n"
        "assert shown['image/png'].startswith(b'\\x89PNG'), shown\n"
        "assert size['image/png']['width'] == 480, size\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_saved_figures_are_fit_for_print(tmp_path: Path) -> None:
    figure = plot(network([2, 1]), width=2)
    figure.savefig(tmp_path / "fine.png")
    figure.savefig(tmp_path / "coarse.png", dpi=50)
    assert imread(tmp_path / "fine.png").shape[1] == 600
    assert imread(tmp_path / "coarse.png").shape[1] == 100
    with matplotlib.rc_context({"savefig.dpi": 100}):
        figure.savefig(tmp_path / "own.png")
    assert imread(tmp_path / "own.png").shape[1] == 200


@pytest.mark.parametrize("kind", ["pdf", "svg"])
def test_it_can_be_saved_as(kind: str, tmp_path: Path) -> None:
    plot(network([2, [2, 1], 1])).savefig(tmp_path / f"network.{kind}")
    assert (tmp_path / f"network.{kind}").stat().st_size > 1000


# ---------------------------------------------------------------------- awkward networks


def test_a_single_precision_network() -> None:
    assert len(curves(KAN([2, 3, 1]).plot())) == 9


def test_a_constant_input() -> None:
    model = network([2, 1])
    model.set_reference(np.stack([np.linspace(-1, 1, 20), np.ones(20)], axis=1))
    assert_inside(model.plot())


def test_a_single_reference_row() -> None:
    model = network([2, 3, 1])
    model.set_reference(np.zeros((1, 2)))
    assert_inside(model.plot())


def test_a_network_without_any_edge() -> None:
    model = network([1, 1])
    model.remove_edge(0, 0, 0)
    figure = model.plot()
    assert "0 edges" in words(figure)
    assert_inside(figure)


def test_a_product_node_is_a_square_and_a_sum_a_circle() -> None:
    sums, products = (plot(network([2, width, 1])) for width in ([2, 0], [0, 2]))
    circles = [sum(type(patch).__name__ == "Circle" for patch in axes(figure).patches) for figure in (sums, products)]
    assert circles[0] - circles[1] == 2


# ---------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"theme": "sepia"}, "theme='sepia': 'light' or 'dark' is accepted"),
        ({"theme": ["light"]}, "theme="),
        ({"y_scale": "log"}, "y_scale='log': 'common' or 'own' is accepted"),
        ({"threshold": -1}, "threshold=-1: an importance of 0 or more"),
        ({"threshold": float("nan")}, "threshold=nan"),
        ({"threshold": "low"}, "threshold='low'"),
        ({"max_curves": -1}, "max_curves=-1: an integer of 0 or more"),
        ({"max_curves": 2.5}, "max_curves=2.5"),
        ({"max_curves": True}, "max_curves=True"),
        ({"width": 0}, "width=0: a width in inches"),
        ({"width": float("inf")}, "width=inf"),
        ({"figsize": 5}, r"figsize=5: \(width, height\) in inches"),
        ({"figsize": (5, -1)}, "figsize="),
        ({"figsize": "ab"}, "figsize='ab'"),
        ({"width": 5, "figsize": (5, 5)}, "width and figsize are given"),
        ({"ax": "left"}, "ax='left': matplotlib Axes are accepted"),
        ({"title": 3}, "title=3: a text"),
        ({"in_vars": ["a"]}, r"in_vars=\['a'\]: a list of 2 names"),
        ({"in_vars": "ab"}, "in_vars='ab'"),
        ({"out_vars": ["a", "b"]}, r"out_vars=\['a', 'b'\]: a list of 1 name is"),
    ],
)
def test_what_is_not_accepted_is_said(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        plot(network([2, 1]), **options)
