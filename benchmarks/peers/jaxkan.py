"""jaxKAN's spline network, compiled as a whole: ``jit(value_and_grad(loss))``; compiling is not counted."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from benchmarks.peers.base import PROBES, Need, sample

__all__ = ["JaxPeer"]

ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


class JaxPeer:
    """Its layer type ``"spline"``, the fast one of the two with splines; all other options by default."""

    def __init__(self, net: Sequence[int], grid: int) -> None:
        os.environ.setdefault("XLA_FLAGS", ONE_THREAD)
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        from flax import nnx
        from jaxkan.models.KAN import KAN

        self.net = list(net)
        model = KAN(self.net, layer_type="spline", required_parameters={"k": 3, "G": grid}, seed=0)
        self.graph, self.parameters, self.rest = nnx.split(model, nnx.Param, ...)
        self._compiled: dict[int, Any] = {}
        self._probe = 0.0

    def passes(self, x: Tensor, y: Tensor) -> Callable[[], object]:
        import jax
        import jax.numpy as jnp

        rows, labels = jnp.asarray(x.numpy()), jnp.asarray(y.numpy())
        compiled = self.compiled(len(x))
        return lambda: jax.block_until_ready(compiled(self.parameters, self.rest, rows, labels))

    def need(self, rows: int) -> Need:
        """Memory as the compiler plans it; time in proportion to the rows."""
        plan = self.compiled(rows).memory_analysis()
        self._probe = self._probe or self._timed()
        return Need((plan.temp_size_in_bytes + plan.output_size_in_bytes) / 1e6, self._probe * rows / PROBES[0])

    def compiled(self, rows: int) -> Any:
        """The pass for so many rows."""
        if rows not in self._compiled:
            import jax

            x, y = (jax.ShapeDtypeStruct((rows, n), "float32") for n in (self.net[0], self.net[-1]))
            whole = jax.jit(jax.value_and_grad(self._loss))
            self._compiled[rows] = whole.lower(self.parameters, self.rest, x, y).compile()
        return self._compiled[rows]

    def _loss(self, parameters: Any, rest: Any, x: Any, y: Any) -> Any:
        from flax import nnx

        return ((nnx.merge(self.graph, parameters, rest)(x) - y) ** 2).mean()

    def _timed(self) -> float:
        call = self.passes(*sample(PROBES[0], self.net[0], self.net[-1]))
        call()
        begun = time.process_time()
        call()
        return time.process_time() - begun
