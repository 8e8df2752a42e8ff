/** A setting: its name, a control, and what it is by default. */

import type { ComponentChildren } from "preact";
import { Button } from "../Button";

interface Props {
  readonly label: string;
  readonly title: string;
  readonly otherwise: string;
  readonly isOtherwise: boolean;
  readonly off: string;
  readonly onReset: () => void;
  readonly children: ComponentChildren;
}

export function Field({ label, title, otherwise, isOtherwise, off, onReset, children }: Props) {
  return (
    <div class="kw-setting" title={title}>
      <span class="kw-setting-label">{label}</span>
      {children}
      {isOtherwise ? (
        <span class="kw-setting-default">default</span>
      ) : (
        <Button
          kind="kw-tiny"
          title={`Back to the default of ${label}: ${otherwise}`}
          off={off}
          onPress={onReset}
        >
          {`↺ ${otherwise}`}
        </Button>
      )}
    </div>
  );
}
