/** One menu of everything that can leave the page. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { plural } from "../../maths/format";
import type { Takeaway } from "../../protocol";
import { settingsText } from "../../settings";
import { Button } from "../Button";
import { useWidget } from "../context";
import { BelowMenu } from "./Below";
import { takeFile } from "./files";
import { type Taking, useTaking } from "./useTaking";

interface ItemProps {
  readonly id: string;
  readonly taking: Taking;
  readonly title: string;
  readonly off?: string;
  readonly children: string;
  readonly onPress: () => void;
}

function Item({ id, taking, title, off = "", children, onPress }: ItemProps) {
  const isDone = taking.done.value === id;
  const isBusy = taking.busy.value === id;
  return (
    <Button
      act={id}
      kind={isDone ? "kw-boxed kw-taken" : "kw-boxed"}
      {...(isDone ? { icon: "check" as const, iconSize: 12 } : {})}
      title={title}
      off={off}
      onPress={onPress}
    >
      {isBusy ? "…" : children}
    </Button>
  );
}

function Row({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="kw-take-row" role="group" aria-label={label}>
      <span>{label}</span>
      {children}
    </div>
  );
}

const NOTATIONS = [
  ["latex", "LaTeX"],
  ["sympy", "SymPy"],
  ["python", "NumPy"],
] as const;

function FormulaRow({ taking }: { taking: Taking }) {
  const formula = useWidget().store.formula.value;
  const open = formula ? formula.total - formula.named : 0;
  const off = open > 0 ? `${plural(open, "edge")} still without a name` : "There is no formula yet";
  return (
    <Row label="Formula">
      {NOTATIONS.map(([what, name]) => (
        <Item
          key={what}
          id={`take-${what}`}
          taking={taking}
          title={`Copy the formula for ${name}`}
          off={formula?.[what] ? "" : off}
          onPress={() => void taking.copy(`take-${what}`, formula?.[what] ?? null)}
        >
          {name}
        </Item>
      ))}
    </Row>
  );
}

function FileRows({ taking }: { taking: Taking }) {
  const widget = useWidget();
  const { client, store } = widget;
  const off = store.offReason.value;
  const root = useRef<HTMLDivElement>(null);
  const file = (what: Takeaway) => {
    const theme = root.current?.closest<HTMLElement>(".kanwidget")?.dataset.theme;
    return takeFile(what, theme === "dark" ? "dark" : "light", widget);
  };
  const saving = (what: Takeaway, name: string, title: string, why = off) => (
    <Item
      id={`take-${what}`}
      taking={taking}
      title={title}
      off={why}
      onPress={() => void taking.save(`take-${what}`, () => file(what))}
    >
      {name}
    </Item>
  );
  const copyCode = async () => taking.copy("copy-code", (await file("code"))?.text ?? null);
  const offCode = client.savedScript ? "" : off;
  return (
    <div ref={root} class="kw-take-rows">
      <Row label="Python script">
        <Item
          id="copy-code"
          taking={taking}
          title="Copy the script that leads here from the data"
          off={offCode}
          onPress={() => void copyCode()}
        >
          Copy
        </Item>
        {saving("code", "Save", "Save the script as network.py", offCode)}
      </Row>
      <Row label="Picture">
        {saving("svg", "SVG", "Save the graph as network.svg")}
        {saving("png", "PNG", "Save the graph as network.png")}
      </Row>
      <Row label="Page">
        {saving("html", "HTML", "Save a page with probe and history that needs no kernel")}
      </Row>
    </div>
  );
}

function SettingsRow({ taking }: { taking: Taking }) {
  const { client, store, view } = useWidget();
  const copy = () => {
    const scale = view.ownScale.value ? "own" : "common";
    const looks = { threshold: view.threshold.value, y_scale: scale } as const;
    return taking.copy("copy-settings", settingsText({ ...client.settings(), ...looks }));
  };
  return (
    <Row label="Settings">
      <Item
        id="copy-settings"
        taking={taking}
        title="Copy how it is trained and looked at, as text"
        onPress={() => void copy()}
      >
        Copy
      </Item>
      <Item
        id="paste-settings"
        taking={taking}
        title="Use settings that somebody copied"
        off={store.offReason.value}
        onPress={() => {
          taking.below.value = { kind: "paste", error: "" };
        }}
      >
        Paste …
      </Item>
    </Row>
  );
}

function Menu() {
  const { view } = useWidget();
  const taking = useTaking();
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = menu.current;
    element?.querySelector<HTMLElement>("button:not(:disabled)")?.focus();
    const root = element?.closest(".kanwidget");
    const onPress = (event: Event) => {
      const isInside = (event.target as Element).closest(".kw-take");
      if (!isInside) view.taking.value = false;
    };
    root?.addEventListener("pointerdown", onPress);
    return () => root?.removeEventListener("pointerdown", onPress);
  }, [view]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    view.taking.value = false;
  };
  return (
    <div
      ref={menu}
      class="kw-take-menu"
      role="dialog"
      aria-label="Take away"
      data-panel="take"
      onKeyDown={onKeyDown}
    >
      <FormulaRow taking={taking} />
      <FileRows taking={taking} />
      <SettingsRow taking={taking} />
      <BelowMenu taking={taking} />
    </div>
  );
}

export function TakeAway() {
  const { view } = useWidget();
  const box = useRef<HTMLDivElement>(null);
  const wasOpen = useRef(false);
  const isOpen = view.taking.value;
  useLayoutEffect(() => {
    if (wasOpen.current && !isOpen) box.current?.querySelector("button")?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  return (
    <div ref={box} class="kw-take">
      <Button
        act="take_away"
        icon="take"
        title="Take away: formula, script, picture, page (t)"
        isOn={isOpen}
        onPress={() => {
          view.taking.value = !isOpen;
        }}
      />
      {isOpen && <Menu />}
    </div>
  );
}
