import { useWidget } from "../context";
import { Icon } from "../Icon";
import { isAsking, toggleProbe } from "./toggle";

export function ProbeButton() {
  const widget = useWidget();
  const isOn = isAsking(widget);
  if (widget.store.hidden.value.has("what_if")) return null;
  return (
    <button
      type="button"
      class="kw-button kw-probe-button"
      data-act="whatif"
      aria-pressed={isOn}
      title={isOn ? "Put the probe away (w)" : "Choose inputs, follow their values (w)"}
      onClick={() => toggleProbe(widget)}
    >
      <Icon name="probe" size={14} />
      What if
    </button>
  );
}
