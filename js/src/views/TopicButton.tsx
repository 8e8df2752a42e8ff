import type { Topic } from "../view";
import { Button } from "./Button";
import { useWidget } from "./context";
import type { IconName } from "./Icon";
import { isAbout, toggleTopic } from "./topic";

interface Props {
  readonly topic: Topic;
  readonly icon: IconName;
  readonly title: string;
}

export function TopicButton({ topic, icon, title }: Props) {
  const widget = useWidget();
  return (
    <Button
      act={topic}
      icon={icon}
      title={title}
      isOn={isAbout(widget, topic)}
      onPress={() => toggleTopic(topic)(widget)}
    />
  );
}
