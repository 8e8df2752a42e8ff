import { hasEdge } from "../../names";
import { useWidget } from "../context";
import { DataPanel } from "../data/DataPanel";
import { WhatIf } from "../probe/WhatIf";
import { SettingsPanel } from "../settings/SettingsPanel";
import { EdgePanel } from "./EdgePanel";
import { Help } from "./Help";
import { Loss } from "./Loss";
import { Overview } from "./Overview";
import { Summary } from "./Summary";

const PADDING = 32;

/** The panel never covers the graph. The loss is always on top of it. */
function Section({ width }: { width: number }) {
  const { store, view, scene } = useWidget();
  const edge = store.selected.value;
  const frame = store.frame.value;
  if (view.help.value) return <Help />;
  if (edge && frame && hasEdge(frame, edge)) return <EdgePanel edge={edge} width={width} />;
  if (view.topic.value === "probe") return <WhatIf width={width} />;
  if (view.topic.value === "data") return <DataPanel width={width} />;
  if (view.topic.value === "settings") return <SettingsPanel />;
  return scene.isClosed.value ? <Summary /> : <Overview width={width} />;
}

export function Panel() {
  const { scene, store } = useWidget();
  const { kind, panelWidth } = scene.screen.value;
  const width = panelWidth - PADDING - (kind === "narrow" ? 0 : 1);
  return (
    <aside
      class="kw-panel"
      style={kind === "narrow" ? {} : { width: `${panelWidth}px` }}
      aria-label="Details"
    >
      {!store.hidden.value.has("loss") && <Loss width={width} />}
      <Section width={width} />
    </aside>
  );
}
