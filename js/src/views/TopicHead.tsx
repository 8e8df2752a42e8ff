/** The head of a topic in the panel: what it is, what there is to say, and the way back. */

import type { ComponentChildren } from "preact";
import { Button } from "./Button";
import { useWidget } from "./context";

interface Props {
  readonly title: string;
  readonly children?: ComponentChildren;
}

export function TopicHead({ title, children }: Props) {
  const { view } = useWidget();
  return (
    <div class="kw-section-head">
      <span class="kw-title">{title}</span>
      {children}
      <Button
        act="topic-close"
        icon="close"
        iconSize={14}
        title="Back to the network"
        kind="kw-small"
        onPress={() => {
          view.topic.value = "network";
        }}
      />
    </div>
  );
}
