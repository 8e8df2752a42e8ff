"""Other shapes of a network that keep what it has learnt: nodes, layers and inputs more or fewer."""

from __future__ import annotations

from typing import Any, TypeVar

import torch
from torch import Tensor

from kanwidget.checks import is_whole
from kanwidget.derived import features_of, widened
from kanwidget.errors import DataError, ShapeError
from kanwidget.model.guard import no_gradients
from kanwidget.model.knots import sample_range, uniform_knots
from kanwidget.model.layer import KANLayer
from kanwidget.model.network import Network, without_edges
from kanwidget.model.nodes import Nodes
from kanwidget.model.solve import solve_coef

__all__ = ["with_features", "with_layer", "with_node", "without_layer", "without_node"]

N = TypeVar("N", bound=Network)

TINY = 1e-10  # singular values below, relative to the largest, count for nothing


@no_gradients
def with_node(model: N, l: int, *, product: bool = False, seed: int = 0) -> N:
    """One hidden node more in layer of nodes ``l`` (1 … depth - 1); the function is exactly the same.

    What leads to the node is random, as in a new network; what leaves it is 0, and training goes on from there. The new
    node is the last of its kind: products come after sums.

    Raises:
        ShapeError: there is no such hidden layer.
    """
    _check_hidden(model, l)
    nodes, generator = model.width[l], torch.Generator().manual_seed(seed)
    below, above = model.layer(l - 1), model.layer(l)
    noise = float(model.config["noise_scale"])
    into = _extended(below, 0, 2 if product else 1, below.knots[:0], noise, generator)
    x = model.trace(model.reference_rows())[l - 1].inputs
    value = into(x)[:, below.out_dim :].prod(1, keepdim=True)
    knots = uniform_knots(*sample_range(value), above.grid, above.k)
    out = _silent(_extended(above, 1, 0, knots, noise, generator), above.in_dim)
    wider = Nodes(nodes.sums + (not product), nodes.products + product)
    at = nodes.count if product else nodes.sums
    sub = nodes.subnodes if product else nodes.sums
    added = list(range(below.out_dim, into.out_dim))
    targets = [*range(sub), *added, *range(sub, below.out_dim)]
    sources = [*range(at), above.in_dim, *range(at, above.in_dim)]
    layers = _layers(model)
    layers[l - 1] = into.subset(list(range(below.in_dim)), targets)
    layers[l] = out.subset(sources, list(range(above.out_dim)))
    return model.with_layers(layers, [*model.width[:l], wider, *model.width[l + 1 :]])


@no_gradients
def without_node(model: N, l: int, i: int) -> N:
    """Without hidden node ``i`` of layer of nodes ``l``; its mean over the reference rows stays in what it led to.

    Raises:
        ShapeError: there is no such node, or it is the only one of its layer.
    """
    _check_hidden(model, l)
    nodes = model.width[l]
    if nodes.count == 1:
        raise ShapeError(f"node ({l}, {i!r}) is the only one of its layer: remove the layer instead")
    cut = model.copy()
    cut.remove_node(l, i)
    kept = [n for n in range(nodes.count) if n != i]
    layers = _layers(cut)
    parts = [part for n in kept for part in nodes.parts(n)]
    layers[l - 1] = layers[l - 1].subset(list(range(layers[l - 1].in_dim)), parts)
    layers[l] = layers[l].subset(kept, list(range(layers[l].out_dim)))
    is_sum = i < nodes.sums
    fewer = Nodes(nodes.sums - is_sum, nodes.products - (not is_sum))
    return cut.with_layers(layers, [*model.width[:l], fewer, *model.width[l + 1 :]])


@no_gradients
def with_layer(model: N, l: int) -> N:
    """A new hidden layer of nodes ``l`` (1 … depth), each a copy of a node below: the function is the same.

    Raises:
        ShapeError: there is no such place, or splines of degree 0 cannot be straight lines.
    """
    if not is_whole(l) or not 1 <= l <= model.depth:
        raise ShapeError(f"layer {l!r}: a place for a hidden layer is accepted, 1 … {model.depth}")
    above = model.layer(l - 1)
    if not above.k:
        raise ShapeError("splines of degree 0 are steps and cannot hand on values: choose k=1 or more")
    count, x = above.in_dim, model.trace(model.reference_rows())[l - 1].inputs
    knots = uniform_knots(*sample_range(x), above.grid, above.k)
    diagonal = torch.eye(count, dtype=x.dtype, device=x.device)
    line = knots.unfold(1, above.k, 1)[:, 1:-1].mean(-1)  # with these coefficients a spline is the identity
    same = KANLayer(
        k=above.k,
        base_fun=above.base_fun,
        knots=knots,
        coef=diagonal[..., None] * line[:, None],
        scale_base=torch.zeros_like(diagonal),
        scale_sp=torch.ones_like(diagonal),
    )
    layers = _layers(model)
    layers.insert(l - 1, same)
    return model.with_layers(layers, [*model.width[:l], Nodes(count, 0), *model.width[l:]])


@no_gradients
def without_layer(model: N, l: int) -> N:
    """Without the hidden layer of nodes ``l``: edges from below to above that come as near to its function on the
    reference rows as a sum of one function per node can (least squares).

    Raises:
        ShapeError: there is no such hidden layer.
    """
    _check_hidden(model, l)
    below, above = model.layer(l - 1), model.layer(l)
    traces = model.trace(model.reference_rows())
    x, wanted = traces[l - 1].inputs, traces[l].subnodes
    shape = below.in_dim, above.out_dim
    one = x.new_ones(shape)
    bridge = KANLayer(
        k=below.k,
        base_fun=below.base_fun,
        knots=below.knots.clone(),
        coef=x.new_zeros(*shape, below.coef.shape[2]),
        scale_base=one,
        scale_sp=one.clone(),
    )
    features = bridge.features(x)
    weight = solve_coef(features.flatten(1)[None].double(), wanted[None].double(), cutoff=TINY)[0].to(x)
    weight = weight.view(below.in_dim, -1, above.out_dim).transpose(1, 2)
    bridge = bridge.replaced(scale_base=weight[..., 0], coef=weight[..., 1:])
    layers = _layers(model)
    layers[l - 1 : l + 1] = [bridge]
    return model.with_layers(layers, [*model.width[:l], *model.width[l + 1 :]])


@no_gradients
def with_features(model: N, features: Any, seed: int = 0) -> N:
    """With these inputs that are made of the columns, and no others of the kind: those that there are keep what they
    have learnt, new ones begin with edges that are 0, and of those that go the mean stays in what they led to.

    Args:
        features: a list such as ``["x^2", "x*y", "sin(x)"]`` in the names of the columns; see
            :func:`kanwidget.derived.features_of`.

    Raises:
        OptionError: a feature is not known.
        DataError: one is not finite on the reference rows.
    """
    wanted = features_of(features, model.input_names)
    added = [feature for feature in wanted if feature not in model.features]
    gone = [model.columns + n for n, feature in enumerate(model.features) if feature not in wanted]
    layers, generator = _layers(model), torch.Generator().manual_seed(seed)
    first = layers[0]
    means = model.trace(model.reference_rows())[0].edges.mean(0)
    first = without_edges(first, [(i, j) for i in gone for j in range(first.out_dim)], means)
    if added:
        values = widened(model.reference_rows(), added)[:, model.columns :]
        for feature, column in zip(added, values.T, strict=True):
            if not bool(column.isfinite().all()):
                name = feature.name(model.input_names)
                raise DataError(f"features: {name!r} is not finite on every row: rescale the columns")
        knots = uniform_knots(*sample_range(values), first.grid, first.k)
        noise = float(model.config["noise_scale"])
        first = _silent(_extended(first, len(added), 0, knots, noise, generator), first.in_dim)
    nodes = [*model.features, *added]
    sources = [*range(model.columns), *(model.columns + nodes.index(feature) for feature in wanted)]
    layers[0] = first.subset(sources, list(range(first.out_dim)))
    new = model.with_layers(layers, [Nodes(len(sources), 0), *model.width[1:]])
    new.features = wanted
    return new


def _extended(
    layer: KANLayer, sources: int, targets: int, knots: Tensor, noise: float, generator: torch.Generator
) -> KANLayer:
    """The layer with more nodes below and above, after those that there are; the new edges as in a new layer.

    Args:
        knots: of the new nodes below, shape ``(sources, G + 2 k + 1)``.
    """
    fresh = KANLayer.initial(
        layer.in_dim + sources,
        layer.out_dim + targets,
        grid=layer.grid,
        k=layer.k,
        base_fun=layer.base_fun,
        low=layer.coef.new_full((layer.in_dim + sources,), -1.0),
        high=layer.coef.new_full((layer.in_dim + sources,), 1.0),
        noise_scale=noise,
        generator=generator,
    )
    values = {"mask": torch.ones_like(fresh.mask)} | {
        name: getattr(fresh, name).detach().clone() for name in ("coef", "scale_base", "scale_sp")
    }
    for name, value in values.items():
        value[: layer.in_dim, : layer.out_dim] = getattr(layer, name)
    return layer.replaced(knots=torch.cat([layer.knots, knots.to(layer.knots)]), **values)


def _silent(layer: KANLayer, first: int) -> KANLayer:
    """With the edges from node ``first`` on at 0, free to grow."""
    coef, base = layer.coef.detach().clone(), layer.scale_base.detach().clone()
    coef[first:], base[first:] = 0, 0
    return layer.replaced(coef=coef, scale_base=base)


def _layers(model: Network) -> list[KANLayer]:
    return [layer for layer, _ in model.stack()]


def _check_hidden(model: Network, l: int) -> None:
    if not is_whole(l) or not 1 <= l < model.depth:
        there = f"1 … {model.depth - 1}" if model.depth > 1 else "there is none: add one first"
        raise ShapeError(f"layer {l!r}: a hidden layer of nodes is accepted, {there}")
