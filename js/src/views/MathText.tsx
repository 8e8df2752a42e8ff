import { useLayoutEffect, useRef } from "preact/hooks";
import { parseMathml } from "../mathml";

/** A formula that does not fit is set smaller, and scrolls when that is not enough. */
export function MathText({ mathml, spoken }: { mathml: string; spoken: string }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const math = parseMathml(mathml, element.ownerDocument);
    element.classList.remove("kw-long");
    element.replaceChildren(math ?? spoken);
    if (element.scrollWidth > element.clientWidth + 1) element.classList.add("kw-long");
  }, [mathml, spoken]);
  return <div ref={box} class="kw-formula-math" role="math" aria-label={spoken} tabIndex={-1} />;
}
