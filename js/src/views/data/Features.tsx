/** Inputs that can be made of the columns, each a switch. What the network has learnt stays. */

import { useSignal } from "@preact/signals";
import { columnCount } from "../../frame";
import { allFeatures, FEW_COLUMNS, type Feature, madeOf, sameFeature } from "../../maths/features";
import { featureName } from "../../maths/format";
import { plainName } from "../../names";
import { Button } from "../Button";
import { useWidget } from "../context";
import { NameHtml } from "../NameText";
import { Select } from "../settings/Select";

interface SwitchProps {
  readonly feature: Feature;
  readonly isOn: boolean;
  readonly names: readonly string[];
}

function Switch({ feature, isOn, names }: SwitchProps) {
  const { client, store } = useWidget();
  const name = featureName(feature, names);
  return (
    <Button
      act={`feature-${feature.kind}-${feature.columns.join("-")}`}
      kind="kw-feature"
      title={`${plainName(name)} as an input of the network; ${isOn ? "take it away" : "add it"}`}
      isOn={isOn}
      off={store.offReason.value}
      onPress={() => client.once(isOn ? "take_feature" : "add_feature", feature)}
    >
      <span class="kw-ellipsis">
        <NameHtml name={name} />
      </span>
    </Button>
  );
}

interface OfProps {
  readonly names: readonly string[];
  readonly column: number;
  readonly onChoose: (column: number) => void;
}

/** With many columns: whose square and sine are offered. */
function Of({ names, column, onChoose }: OfProps) {
  const { store } = useWidget();
  return (
    <Select
      label="Column that inputs are made of"
      name="feature-of"
      value={names[column] ?? ""}
      values={names}
      off={store.offReason.value}
      onChoose={name => onChoose(Math.max(0, names.indexOf(name)))}
    />
  );
}

export function Features() {
  const { store } = useWidget();
  const chosen = useSignal(0);
  const frame = store.frame.value;
  if (!frame) return null;
  const count = columnCount(frame);
  const names = frame.inputs.slice(0, count);
  const column = Math.min(chosen.value, count - 1);
  const isFew = count <= FEW_COLUMNS;
  const offered = isFew ? allFeatures(count) : madeOf(column);
  const isOn = (feature: Feature) => frame.features.some(other => sameFeature(feature, other));
  const others = frame.features.filter(own => !offered.some(other => sameFeature(own, other)));
  return (
    <section aria-label="Features">
      <div class="kw-keys-head" aria-hidden="true">
        Features
      </div>
      <div class="kw-features">
        {!isFew && (
          <Of
            names={names}
            column={column}
            onChoose={next => {
              chosen.value = next;
            }}
          />
        )}
        {[...offered, ...others].map(feature => (
          <Switch
            key={`${feature.kind} ${feature.columns}`}
            feature={feature}
            isOn={isOn(feature)}
            names={names}
          />
        ))}
      </div>
    </section>
  );
}
