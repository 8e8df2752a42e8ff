import { functionSign, loss, r2 } from "../../maths/format";
import type { EdgeId, Suggestion } from "../../protocol";
import { useWidget } from "../context";
import { Mini } from "./Mini";

/** What the columns say. */
const ABOUT = {
  r2: "How near the function comes to the curve of this edge: 1 is the curve itself",
  size: "What the function costs in a formula",
  loss:
    "RMSE of the whole network with this function here, after a short refit of everything else, " +
    "on rows that the refit has not seen. The last row keeps the edge as it is: the number to beat.",
};

/** A candidate as a screen reader says it. */
function spoken({ name, r2: fit, complexity, net_rmse }: Suggestion): string {
  const whole = net_rmse === null ? "" : `, RMSE of the whole network ${loss(net_rmse)}`;
  return `${functionSign(name)}, r² ${r2(fit)}, size ${complexity}${whole}`;
}

interface RowProps {
  readonly id: string;
  readonly edge: EdgeId;
  readonly candidate: Suggestion;
  readonly isOn: boolean;
  readonly withLoss: boolean;
  readonly onPick: () => void;
  readonly onFix: () => void;
}

export function CandidateRow({ id, edge, candidate, isOn, withLoss, onPick, onFix }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list around it has the focus
    <div
      id={id}
      class="kw-row kw-option"
      role="option"
      aria-selected={isOn}
      data-candidate={candidate.name}
      onClick={onPick}
      onDblClick={onFix}
    >
      <span class="kw-function" title={functionSign(candidate.name)}>
        <span class="kw-hidden">{spoken(candidate)}</span>
        <span aria-hidden="true">{functionSign(candidate.name)}</span>
      </span>
      <Mini edge={edge} candidate={candidate} />
      <span aria-hidden="true">{r2(candidate.r2)}</span>
      <span aria-hidden="true">{candidate.complexity}</span>
      {withLoss && <span aria-hidden="true">{loss(candidate.net_rmse)}</span>}
    </div>
  );
}

interface KeepProps {
  readonly id: string;
  readonly isOn: boolean;
  readonly withLoss: boolean;
  readonly keep: number | null;
  readonly onPick: () => void;
}

/** The row to beat: the network as it is. */
export function KeepSpline({ id, isOn, withLoss, keep, onPick }: KeepProps) {
  const own = useWidget().scene.selectedName.value;
  const text = own === null ? "keep spline" : `keep ${functionSign(own)}`;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list around it has the focus
    <div
      id={id}
      class="kw-row kw-option kw-keep"
      role="option"
      aria-selected={isOn}
      data-candidate="keep spline"
      onClick={onPick}
    >
      <span class="kw-function" title={text}>
        {text}
      </span>
      <span>–</span>
      <span>–</span>
      {withLoss && <span>{loss(keep)}</span>}
    </div>
  );
}

export function CandidateHead({ withLoss }: { withLoss: boolean }) {
  return (
    <div class="kw-row kw-row-head" aria-hidden="true">
      <span>function</span>
      <span />
      <span title={ABOUT.r2}>r²</span>
      <span title={ABOUT.size}>size</span>
      {withLoss && <span title={ABOUT.loss}>net RMSE</span>}
    </div>
  );
}
