"""Figures of a network for papers and scripts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Literal

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure

from kanwidget.model.network import Network
from kanwidget.plot.curves import curves_of, graph_of
from kanwidget.plot.draw import SMALL, Scene, draw
from kanwidget.plot.fonts import text_width
from kanwidget.plot.labels import INPUT_GAP, OUTPUT_GAP, widest
from kanwidget.plot.layout.arrange import arrange
from kanwidget.plot.layout.box import Box, Sizes
from kanwidget.plot.layout.graph import Graph
from kanwidget.plot.layout.picture import Picture
from kanwidget.plot.options import PlotOptions, names_for
from kanwidget.plot.pen import Pen, plain
from kanwidget.plot.theme import THEMES

__all__ = ["NetworkFigure", "plot"]

INCH = 96.0  # pixels of the layout
TOP, TITLE = 26.0, 30.0
PRINT_DPI = 300


class NetworkFigure(Figure):
    """A figure that shows itself at the end of a notebook cell, without pyplot, and is saved fit for print.

    Where pyplot is in use, its own settings decide how figures are shown.
    """

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Twice as fine as it is large, for screens that can show it."""
        buffer = io.BytesIO()
        FigureCanvasAgg(self).print_figure(buffer, dpi=2 * INCH, format="png", facecolor=self.get_facecolor())
        width, height = (round(INCH * inches) for inches in self.get_size_inches())
        return buffer.getvalue(), {"width": width, "height": height}

    def savefig(self, fname: Any, **options: Any) -> None:
        """As matplotlib's, in 300 dots per inch unless another ``dpi`` is given or set by ``savefig.dpi``."""
        if rcParams["savefig.dpi"] == "figure":
            options.setdefault("dpi", PRINT_DPI)
        super().savefig(fname, **options)


def plot(
    model: Network,
    *,
    theme: Literal["light", "dark"] = "light",
    width: float | None = None,
    figsize: tuple[float, float] | None = None,
    ax: Axes | None = None,
    y_scale: Literal["common", "own"] = "common",
    threshold: float = 0.02,
    max_curves: int = 24,
    title: str | None = None,
    in_vars: Sequence[Any] | None = None,
    out_vars: Sequence[Any] | None = None,
) -> Figure:
    """A picture of a network: inputs on the left, outputs on the right, the function on every edge between them.

    Every curve is drawn over the range that its input has on the reference rows
    (:meth:`kanwidget.model.network.Network.reference_rows`), with the line of zero dotted, blue above it and orange
    below. Links and curves fade with the square root of their importance
    (:func:`kanwidget.train.attribute.attribute`). Violet edges are symbolic and carry the name of their function.
    Nodes add (+) or multiply (×). Removed edges are not drawn; in networks with more than 24 edges neither are those
    below the threshold, and nodes left with nothing are folded into a count of faint ones.

    Nothing is written to disk and pyplot is not used. ``plot(model).savefig("network.pdf")`` saves the figure.

    Args:
        theme: ``"light"`` or ``"dark"``.
        width: width of the figure in inches; the height follows. A figure that is too narrow for its network is
            drawn smaller, text included.
        figsize: (width, height) of the figure in inches.
        ax: axes to draw in, instead of a new figure.
        y_scale: ``"common"``: one unit is equally long in all curves of a layer, so flat means unimportant;
            ``"own"``: every curve fills its frame.
        threshold: importance below which edges are faint (small networks) or hidden (large ones); 1 is the
            importance of an output.
        max_curves: at most so many edges of a layer are drawn with their curve, the most important ones; the next
            ones are thin lines.
        title: written above the network.
        in_vars, out_vars: names of inputs and outputs, by default those of the network.

    Raises:
        OptionError: an argument is not accepted.
    """
    options = PlotOptions(theme, width, figsize, ax, y_scale, threshold, max_curves, title)
    inputs, outputs = names_for(model, in_vars, out_vars)
    graph = graph_of(model)
    sizes = _sizes(graph, options, inputs, outputs)
    picture, scale = _fit(graph, sizes, _box(options))
    axes = _axes(options, picture, scale)
    scene = Scene(
        picture=picture,
        curves=curves_of(model),
        theme=THEMES[theme],
        inputs=inputs,
        outputs=outputs,
        threshold=threshold,
        title=title,
        top=sizes.top,
        own_scale=y_scale == "own",
    )
    draw(Pen(axes, scale), scene)
    return _root(axes)


def _sizes(graph: Graph, options: PlotOptions, inputs: Sequence[str], outputs: Sequence[str]) -> Sizes:
    counted = text_width(f"{graph.counts[0]} faint", "sans", SMALL) / 2 if not graph.small else 0.0
    return Sizes(
        inputs=max(widest(inputs) + INPUT_GAP, counted),
        outputs=widest(outputs) + OUTPUT_GAP,
        top=TOP + (TITLE if options.title else 0.0),
        node=10.0 if max(graph.counts[1:]) <= 12 else 7.0,
        threshold=options.threshold,
        curves=options.max_curves,
    )


def _box(options: PlotOptions) -> Box:
    """The box to fill, in pixels."""
    if options.ax is not None:
        return _box_of(options.ax)
    if options.figsize is not None:
        return Box(*(INCH * length for length in options.figsize))
    return Box(INCH * options.width if options.width else None)


def _box_of(axes: Axes) -> Box:
    """The box of axes, after the figure's layout engine, if there is one, has given it its size."""
    axes.set_axis_off()
    figure = _root(axes)
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
    extent = axes.get_window_extent()
    return Box(float(INCH * extent.width / figure.dpi), float(INCH * extent.height / figure.dpi))


def _fit(graph: Graph, sizes: Sizes, box: Box) -> tuple[Picture, float]:
    """A picture and the size of its pixels with which it fits the box."""
    picture = arrange(graph, sizes, box)
    scale = _scale(picture, box)
    if scale < 1:
        # Drawn smaller, there is more room on the other side.
        height = None if box.height is None else box.height / scale
        picture = arrange(graph, sizes, Box(None if box.width is None else box.width / scale, height))
    return picture, _scale(picture, box)


def _scale(picture: Picture, box: Box) -> float:
    across = box.width / picture.width if box.width else None
    down = box.height / picture.height if box.height else None
    return min((ratio for ratio in (across, down) if ratio is not None), default=1.0)


def _axes(options: PlotOptions, picture: Picture, scale: float) -> Axes:
    axes = options.ax
    if axes is None:
        size = options.figsize or (picture.width * scale / INCH, picture.height * scale / INCH)
        ground = THEMES[options.theme].ground
        figure = NetworkFigure(figsize=size, dpi=INCH, facecolor=ground, edgecolor=ground, linewidth=0, frameon=True)
        figure.set_layout_engine("none")  # whatever a style sheet asks for
        plain(figure.patch)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, picture.width)
    axes.set_ylim(picture.height, 0)
    axes.set_aspect("equal", adjustable="box", anchor="C")
    return axes


def _root(axes: Axes) -> Figure:
    figure = axes.figure
    while isinstance(figure, SubFigure):
        figure = figure.figure
    assert isinstance(figure, Figure)
    return figure
