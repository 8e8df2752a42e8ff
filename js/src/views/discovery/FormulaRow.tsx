import { useLayoutEffect, useRef } from "preact/hooks";
import { parseMathml } from "../../mathml";
import { loss } from "../../maths/format";
import type { Found } from "../../protocol";
import { useWidget } from "../context";
import { Icon } from "../Icon";
import { CERTIFIED, spoken } from "./words";

function RowMath({ mathml, text }: { mathml: string; text: string }) {
  const box = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    element?.replaceChildren(parseMathml(mathml, element.ownerDocument) ?? text);
  }, [mathml, text]);
  return <span ref={box} aria-hidden="true" />;
}

interface Props {
  readonly id: string;
  readonly found: Found;
  readonly isOn: boolean;
  readonly isShown: boolean;
  readonly onPick: () => void;
}

export function FormulaRow({ id, found, isOn, isShown, onPick }: Props) {
  const { view } = useWidget();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the list around it has the focus
    <div
      id={id}
      class={`kw-found-row ${isOn ? "kw-on" : ""}`}
      role="option"
      aria-selected={isShown}
      data-found={found.key}
      data-best={found.best}
      data-certified={found.certified}
      onClick={onPick}
      onPointerEnter={() => {
        view.formula.value = found.key;
      }}
    >
      <span class="kw-found-math" title={found.text}>
        <span class="kw-hidden">{spoken(found)}</span>
        <RowMath mathml={found.mathml} text={found.text} />
      </span>
      <span aria-hidden="true">
        {found.certified ? (
          <span class="kw-badge kw-certified" title={CERTIFIED}>
            <Icon name="check" size={12} />
            certified
          </span>
        ) : (
          found.best && <span class="kw-badge">best</span>
        )}
      </span>
      <span aria-hidden="true">{found.complexity}</span>
      <span aria-hidden="true">{loss(found.relative_rmse)}</span>
    </div>
  );
}
