"""The promises of the layout, on many networks in boxes of many sizes."""

from __future__ import annotations

import itertools
import random

import pytest

from kanwidget.model.nodes import Nodes
from kanwidget.plot.layout.arrange import arrange
from kanwidget.plot.layout.box import Box, Sizes
from kanwidget.plot.layout.graph import Graph, Level, Link
from kanwidget.plot.layout.picture import Picture, PlacedLink

SIZES = Sizes(inputs=40, outputs=30, top=26, node=10, threshold=0.02, curves=24)
BOXES = [Box(), Box(width=330), Box(width=900), Box(330, 200), Box(672, 430), Box(1060, 430), Box(400, 900)]
NETWORKS: list[tuple[list[tuple[int, int]], int]] = [
    ([(1, 0), (1, 0)], 1),
    ([(2, 0), (1, 0), (1, 0)], 1),
    ([(2, 0), (5, 0), (1, 0)], 1),
    ([(1, 0), (5, 0), (1, 0)], 2),
    ([(3, 0), (2, 0)], 1),
    ([(7, 0), (1, 0)], 3),
    ([(4, 0), (7, 2), (1, 0)], 1),
    ([(4, 0), (0, 5), (2, 1)], 2),
    ([(10, 0), (20, 0), (5, 0)], 1),
    ([(10, 0), (20, 0), (5, 0)], 12),
    ([(3, 0), (6, 0), (4, 0), (2, 0)], 2),
    ([(2, 0), (3, 0), (3, 0), (3, 0), (3, 0), (1, 0)], 2),
    ([(64, 0), (64, 0), (10, 0)], 1),
    ([(64, 0), (64, 0), (10, 0)], 40),
    ([(2, 0), (2, 0), (40, 0)], 2),
]
CASES = [
    pytest.param((network, box), id=f"{'-'.join(str(s + p) for s, p in network[0])} in {box.width}x{box.height}")
    for network, box in itertools.product(NETWORKS, BOXES)
]


def random_graph(width: list[tuple[int, int]], power: int, *, tagged: float = 0.2) -> Graph:
    """All edges, with importances that are the more unequal the higher the power."""
    draw = random.Random(7)
    levels = []
    for (below, more), above in itertools.pairwise(width):
        nodes = Nodes(*above)
        links = [
            Link(
                i,
                j,
                nodes.owner(j),
                draw.random() ** power,
                0 if j < nodes.sums else (1 if (j - nodes.sums) % 2 else -1),
                draw.random() < tagged,
            )
            for i in range(below + more)
            for j in range(nodes.subnodes)
        ]
        levels.append(Level(tuple(links), below + more, nodes))
    return Graph(tuple(levels))


def at_level(picture: Picture, n: int) -> list[PlacedLink]:
    return [placed for placed in picture.links if placed.level == n]


@pytest.fixture(scope="module", params=CASES)
def placed(request: pytest.FixtureRequest) -> tuple[Graph, Picture]:
    (width, power), box = request.param
    graph = random_graph(width, power)
    return graph, arrange(graph, SIZES, box)


def test_plots_do_not_overlap(placed: tuple[Graph, Picture]) -> None:
    frames = [link.frame for link in placed[1].links if link.frame]
    for a, b in itertools.combinations(frames, 2):
        beside = a.x + a.width < b.x or b.x + b.width < a.x
        assert beside or abs(a.y - b.y) >= a.height + 4


def test_no_link_runs_behind_a_plot(placed: tuple[Graph, Picture]) -> None:
    for n in range(len(placed[0].levels)):
        for plot, link in itertools.permutations(at_level(placed[1], n), 2):
            if plot.frame:
                assert abs(link.y - plot.y) > plot.frame.height / 2 + 2


def test_nothing_is_outside(placed: tuple[Graph, Picture]) -> None:
    picture = placed[1]
    for link in picture.links:
        half = link.frame.height / 2 if link.frame else 0
        assert SIZES.top - 1e-6 <= link.y - half
        assert link.y + half <= picture.height
        assert SIZES.inputs <= link.start.x < link.left < link.right < link.end.x <= picture.width - SIZES.outputs
    for node in itertools.chain(*picture.nodes):
        assert SIZES.top - 1e-6 <= node.y - node.radius
        assert node.y + node.radius <= picture.height


def test_nothing_crosses_on_the_target_side(placed: tuple[Graph, Picture]) -> None:
    for n in range(len(placed[0].levels)):
        for upper, lower in itertools.combinations(sorted(at_level(placed[1], n), key=lambda link: link.y), 2):
            assert upper.end.y <= lower.end.y + 1e-6


def test_nodes_of_a_layer_do_not_touch(placed: tuple[Graph, Picture]) -> None:
    for nodes in placed[1].nodes:
        ordered = sorted(nodes, key=lambda node: node.y)
        for a, b in itertools.pairwise(ordered):
            assert b.y - a.y >= 2 * a.radius + 2


def test_links_join_their_nodes(placed: tuple[Graph, Picture]) -> None:
    for link in placed[1].links:
        source = next(n for n in placed[1].nodes[link.level] if n.index == link.link.source)
        target = next(n for n in placed[1].nodes[link.level + 1] if n.index == link.link.target)
        assert link.start == pytest.approx((source.x + source.radius, source.y))
        assert link.end.x == pytest.approx(target.x - target.radius)
        assert abs(link.end.y - target.y) < target.radius


def test_inputs_and_outputs_keep_the_users_order(placed: tuple[Graph, Picture]) -> None:
    for nodes in (placed[1].nodes[0], placed[1].nodes[-1]):
        ordered = sorted(nodes, key=lambda node: node.y)
        assert [node.index for node in ordered] == sorted(node.index for node in nodes)


def test_every_node_stands_or_is_counted(placed: tuple[Graph, Picture]) -> None:
    for count, nodes, folded in zip(placed[0].counts, placed[1].nodes, placed[1].folded, strict=True):
        assert len(nodes) + (folded.count if folded else 0) == count


def test_no_hidden_edge_is_more_important_than_a_curve(placed: tuple[Graph, Picture]) -> None:
    """Unless its nodes are folded: a curve never takes the place of a stronger edge between the same nodes."""
    graph, picture = placed
    for n, level in enumerate(graph.levels):
        drawn = {link.link: link.frame is not None for link in at_level(picture, n)}
        below, above = ({node.index for node in picture.nodes[m]} for m in (n, n + 1))
        lesser = [k.importance for k in level.links if not drawn.get(k) and k.source in below and k.target in above]
        curves = [k.importance for k, has_curve in drawn.items() if has_curve]
        assert min(curves, default=1) >= max(lesser, default=0)


@pytest.mark.parametrize("width", [[(2, 0), (5, 0), (1, 0)], [(4, 0), (6, 0)], [(1, 0), (3, 1), (2, 0)]])
def test_small_networks_show_every_curve(width: list[tuple[int, int]]) -> None:
    graph = random_graph(width, 30)
    picture = arrange(graph, SIZES, Box())
    assert sum(link.frame is not None for link in picture.links) == graph.edges


def test_large_networks_hide_what_is_below_the_threshold() -> None:
    graph = random_graph([(10, 0), (20, 0), (5, 0)], 12)
    picture = arrange(graph, SIZES, Box())
    assert picture.links
    assert all(link.link.importance >= SIZES.threshold for link in picture.links)


def test_two_equal_links_to_one_target_are_straight() -> None:
    picture = arrange(random_graph([(2, 0), (1, 0), (1, 0)], 1), SIZES, Box())
    for link in picture.links:
        assert link.y == pytest.approx(link.start.y, abs=0.5)


def test_a_picture_as_wide_as_asked_for() -> None:
    graph = random_graph([(2, 0), (5, 0), (1, 0)], 1)
    natural = arrange(graph, SIZES, Box()).width
    for share in (0.8, 1.0, 1.2):
        assert arrange(graph, SIZES, Box(width=share * natural)).width == pytest.approx(share * natural)


def test_factors_of_a_product_enter_at_two_ports() -> None:
    graph = random_graph([(2, 0), (0, 1), (1, 0)], 1)
    ends = {link.link.part: link.end.y for link in arrange(graph, SIZES, Box()).links if link.level == 0}
    assert ends[0] < ends[1]


def test_a_large_network_fits_on_a_page() -> None:
    picture = arrange(random_graph([(64, 0), (64, 0), (40, 0)], 1), SIZES, Box())
    assert picture.height <= 7.5 * 96
    assert picture.width <= 7.5 * 96
    assert [folded.crowded for folded in picture.folded if folded] == [True] * 3
