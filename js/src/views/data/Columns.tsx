/** The columns of the training rows: names, histograms, ranges. */

import { barsPath } from "../../maths/bars";
import { bound, splitName } from "../../maths/format";
import type { Column } from "../../protocol";
import { useWidget } from "../context";
import { NameHtml } from "../NameText";

const HEIGHT = 22;
const BARS_WIDTH = 96;

function Row({ column, kind }: { column: Column; kind: string }) {
  return (
    <div class="kw-column" role="listitem">
      <span class="kw-ellipsis kw-column-name" title={`${kind} ${column.name}`}>
        <NameHtml name={splitName(column.name)} />
      </span>
      {column.hist.length > 0 ? (
        <svg
          width={BARS_WIDTH}
          height={HEIGHT}
          role="img"
          aria-label={`Histogram of ${column.name}`}
        >
          <path class="kw-bar" d={barsPath(column.hist, 0, BARS_WIDTH, HEIGHT - 2, HEIGHT - 5)} />
          <path class="kw-grid" d={`M0 ${HEIGHT - 1.5}H${BARS_WIDTH}`} />
        </svg>
      ) : (
        <span />
      )}
      <span class="kw-column-range">{`${bound(column.low)} … ${bound(column.high)}`}</span>
    </div>
  );
}

export function Columns() {
  const { store } = useWidget();
  const data = store.data.value;
  if (!data) return null;
  return (
    <section aria-label="Columns">
      <div class="kw-keys-head" aria-hidden="true">
        Columns
      </div>
      <div role="list">
        {data.inputs.map(column => (
          <Row key={`input ${column.name}`} column={column} kind="Input" />
        ))}
        {data.classes.length === 0 &&
          data.outputs.map(column => (
            <Row key={`output ${column.name}`} column={column} kind="Output" />
          ))}
      </div>
      {data.classes.length > 0 && (
        <p class="kw-say kw-muted">
          {`${data.outputs[0]?.name ?? "class"}: ${data.classes.join(", ")}`}
        </p>
      )}
    </section>
  );
}
