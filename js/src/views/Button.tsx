import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

export interface ButtonProps {
  /** What it does, for tests and for people who style the widget. */
  readonly act?: string;
  readonly icon?: IconName;
  readonly iconSize?: number;
  /** Tooltip; also the name of a button without text. */
  readonly title?: string;
  /** Why it is off: shown as the tooltip instead. */
  readonly off?: string;
  readonly kind?: string;
  /** Of a button that switches something on and off. */
  readonly isOn?: boolean;
  readonly children?: ComponentChildren;
  readonly onPress: () => void;
}

export function Button({
  act,
  icon,
  iconSize,
  title,
  off,
  kind,
  isOn,
  children,
  onPress,
}: ButtonProps) {
  const isBare = children === undefined;
  return (
    <button
      type="button"
      class={`kw-button ${isBare ? "kw-square" : ""} ${kind ?? ""}`}
      data-act={act}
      title={off || title}
      aria-label={isBare ? title : undefined}
      aria-pressed={isOn}
      disabled={Boolean(off)}
      onClick={onPress}
    >
      {icon && <Icon name={icon} {...(iconSize ? { size: iconSize } : {})} />}
      {children}
    </button>
  );
}
