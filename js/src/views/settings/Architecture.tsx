/** Nodes and layers, more or fewer. What was learnt stays. */

import { type Frame, nodeCount } from "../../frame";
import { plural } from "../../maths/format";
import { Button } from "../Button";
import { useWidget } from "../context";

function Hidden({ frame, layer }: { frame: Frame; layer: number }) {
  const { client, store } = useWidget();
  const off = store.offReason.value;
  const below = frame.layers[layer - 1];
  if (!below) return null;
  const { sums, products } = below;
  const count = products > 0 ? `${sums} + ${products}×` : plural(sums, "node");
  const isLast = nodeCount(below) === 1 ? "The only node of its layer: remove the layer" : "";
  return (
    <div class="kw-layer" data-layer={layer}>
      <span class="kw-layer-name">{`Hidden ${layer}`}</span>
      <b class="kw-layer-count">{count}</b>
      <Button
        act={`take-node-${layer}`}
        icon="minus"
        iconSize={12}
        kind="kw-small"
        title={`Take the least important node out of layer ${layer}`}
        off={off || isLast}
        onPress={() => client.once("take_node", { layer })}
      />
      <Button
        act={`add-node-${layer}`}
        icon="plus"
        iconSize={12}
        kind="kw-small"
        title={`Add a node to layer ${layer}; the function stays the same`}
        off={off}
        onPress={() => client.once("add_node", { layer, product: false })}
      />
      <Button
        act={`add-product-${layer}`}
        kind="kw-small"
        title={`Add a node that multiplies to layer ${layer}; the function stays the same`}
        off={off}
        onPress={() => client.once("add_node", { layer, product: true })}
      >
        +×
      </Button>
      <Button
        act={`take-layer-${layer}`}
        icon="close"
        iconSize={12}
        kind="kw-small kw-apart"
        title={`Remove layer ${layer}; the function stays as near as it can`}
        off={off}
        onPress={() => client.once("take_layer", { layer })}
      />
    </div>
  );
}

function Between({ layer }: { layer: number }) {
  const { client, store } = useWidget();
  return (
    <Button
      act={`add-layer-${layer}`}
      kind="kw-tiny kw-between"
      title="A layer that hands on its values; the function stays the same"
      off={store.offReason.value}
      onPress={() => client.once("add_layer", { layer })}
    >
      + layer
    </Button>
  );
}

export function Architecture() {
  const frame = useWidget().store.frame.value;
  if (!frame) return null;
  const depth = frame.layers.length;
  return (
    <section aria-label="Nodes and layers">
      <div class="kw-keys-head" aria-hidden="true">
        Nodes and layers
      </div>
      <div class="kw-layer">
        <span class="kw-layer-name">Inputs</span>
        <b class="kw-layer-count">{frame.inputs.length}</b>
        <Between layer={1} />
      </div>
      {Array.from({ length: depth - 1 }, (_, n) => (
        <Hidden key={n} frame={frame} layer={n + 1} />
      ))}
      <div class="kw-layer">
        <span class="kw-layer-name">Outputs</span>
        <b class="kw-layer-count">{frame.outputs.length}</b>
        {depth > 1 && <Between layer={depth} />}
      </div>
    </section>
  );
}
