/** How the present example is drawn: noise, the share held back for testing, and other rows. */

import { useSignal } from "@preact/signals";
import { percent, typed } from "../../maths/format";
import { evenScale } from "../../maths/sliderScale";
import type { Example } from "../../protocol";
import { Button } from "../Button";
import { useWidget } from "../context";
import { Slider } from "../Slider";

const NOISE = evenScale(0, 0.5, 0.02);
const SHARE = evenScale(0.1, 0.9, 0.05);
const WIDTH = 96;

interface DialProps {
  readonly label: string;
  readonly option: string;
  readonly title: string;
  readonly scale: typeof NOISE;
  readonly value: number;
  readonly text: (value: number) => string;
  readonly onSettle: (value: number) => void;
}

/** Rows are drawn once, when the slider is let go: every drawing is a step of the history. */
function Dial({ label, option, title, scale, value, text, onSettle }: DialProps) {
  const { store } = useWidget();
  const draft = useSignal<number | null>(null);
  const shown = draft.value ?? value;
  return (
    <Slider
      label={label}
      option={option}
      title={title}
      scale={scale}
      value={shown}
      text={text(shown)}
      width={WIDTH}
      off={store.offReason.value}
      onSlide={next => {
        draft.value = next;
      }}
      onSettle={next => {
        draft.value = null;
        if (next !== value) onSettle(next);
      }}
    />
  );
}

export function Drawing({ example }: { example: Example }) {
  const { client, store } = useWidget();
  const draw = (change: Partial<Example>) => client.once("use_example", { ...example, ...change });
  return (
    <div class="kw-drawing" role="group" aria-label="How the example is drawn">
      <Dial
        label="noise"
        option="noise"
        title="Noise on the labels, or on the points of classes"
        scale={NOISE}
        value={example.noise}
        text={typed}
        onSettle={noise => draw({ noise })}
      />
      <Button
        act="draw"
        kind="kw-boxed"
        title="Other rows of the same example; what was learnt stays"
        off={store.offReason.value}
        onPress={() => draw({ seed: example.seed + 1 })}
      >
        Draw again
      </Button>
      <Dial
        label="test"
        option="test_size"
        title="Share of the rows held back for testing"
        scale={SHARE}
        value={example.test_size}
        text={percent}
        onSettle={test_size => draw({ test_size })}
      />
      <Button
        act="own-data"
        kind="kw-boxed"
        title="Back to the data and the model that were handed in; undo comes back"
        off={store.offReason.value}
        onPress={() => client.once("reset", {})}
      >
        Your data
      </Button>
    </div>
  );
}
