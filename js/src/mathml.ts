/**
 * MathML from the kernel, rebuilt element by element from an allow-list.
 *
 * The text is parsed into a document of its own, and only what is known to be mathematics is made
 * anew; nothing of the parsed document ever enters the page.
 */

const NAMESPACE = "http://www.w3.org/1998/Math/MathML";
const MOST_NODES = 5000;

const ELEMENTS: ReadonlySet<string> = new Set(
  (
    "math mrow mi mn mo mtext msup msub msubsup mfrac msqrt mroot mover munder " +
    "munderover mtable mtr mtd mstyle"
  ).split(" "),
);

const ATTRIBUTES: ReadonlySet<string> = new Set(
  (
    "mathvariant display displaystyle scriptlevel stretchy fence separator " +
    "columnalign rowalign form accent"
  ).split(" "),
);

/** Letters that the printer of formulas takes for constants, but that read badly on a screen. */
const LETTERS: Readonly<Record<string, string>> = { ⅇ: "e", ⅈ: "i", ⅆ: "d" };

function cleanText(text: string, element: string): string {
  const trimmed = text.trim();
  const letter = LETTERS[trimmed];
  if (letter) return letter;
  return element === "mo" || element === "mn" ? trimmed.replace(/-/g, "−") : trimmed;
}

class TooLarge extends Error {}

interface Budget {
  left: number;
}

function spend(budget: Budget): void {
  budget.left -= 1;
  if (budget.left < 0) throw new TooLarge();
}

/** Browsers dropped `mfenced`: it becomes a row with its brackets. */
function rebuildFenced(source: Element, page: Document, budget: Budget): Node {
  const row = page.createElementNS(NAMESPACE, "mrow");
  const sign = (text: string) => {
    const operator = page.createElementNS(NAMESPACE, "mo");
    operator.textContent = text;
    return operator;
  };
  row.append(sign(source.getAttribute("open") ?? "("));
  [...source.children].forEach((child, n) => {
    if (n > 0) row.append(sign(","));
    const part = rebuild(child, page, budget);
    if (part) row.append(part);
  });
  row.append(sign(source.getAttribute("close") ?? ")"));
  return row;
}

function rebuild(source: Element, page: Document, budget: Budget): Node | null {
  spend(budget);
  const name = source.localName;
  if (name === "mfenced") return rebuildFenced(source, page, budget);
  if (!ELEMENTS.has(name)) return null;
  const element = page.createElementNS(NAMESPACE, name);
  for (const { name: key, value } of source.attributes) {
    if (ATTRIBUTES.has(key)) element.setAttribute(key, value);
  }
  for (const child of source.childNodes) {
    if (child.nodeType === 3) {
      const text = cleanText(child.textContent ?? "", name);
      if (text) element.append(text);
    } else if (child.nodeType === 1) {
      const part = rebuild(child as Element, page, budget);
      if (part) element.append(part);
    }
  }
  return element;
}

/** A `math` element for this page, or null when the text is no mathematics. */
export function parseMathml(text: string, page: Document): Element | null {
  const wrapped = /<math[\s>]/.test(text) ? text : `<math xmlns="${NAMESPACE}">${text}</math>`;
  const parsed = new DOMParser().parseFromString(wrapped, "application/xml");
  const root = parsed.documentElement;
  if (root?.localName !== "math" || parsed.querySelector("parsererror")) return null;
  try {
    return rebuild(root, page, { left: MOST_NODES }) as Element | null;
  } catch (error) {
    if (error instanceof TooLarge) return null;
    throw error;
  }
}
