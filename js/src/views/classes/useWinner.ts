import { useComputed } from "@preact/signals";
import { verdict } from "../../maths/classes";
import { percent } from "../../maths/format";
import { useWidget } from "../context";

export interface Winner {
  readonly index: number;
  readonly name: string;
  readonly share: string;
}

/** Which class wins at the probe, and how surely; null while the probe is put away. */
export function useWinner() {
  const { scene } = useWidget();
  return useComputed((): Winner | null => {
    const shares = scene.probabilities.value;
    const names = scene.classes.value;
    if (!shares || !names) return null;
    const { winner, probability } = verdict(shares);
    return { index: winner, name: names[winner] ?? "", share: percent(probability) };
  });
}
