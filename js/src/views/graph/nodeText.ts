import { useComputed } from "@preact/signals";
import { nodeValue } from "../../maths/format";
import type { NodePlace } from "../../maths/layout";
import { useWidget } from "../context";

/** The value that the probe makes at a node, as text. */
export function useNodeValue({ layer, index }: Pick<NodePlace, "layer" | "index">, digits: number) {
  const { scene } = useWidget();
  return useComputed(() => {
    const value = scene.evaluation.value?.nodes[layer]?.[index];
    const scale = scene.scales.value[layer - 1]?.[index] ?? 0;
    return value === undefined ? "" : nodeValue(value, scale, digits);
  });
}
