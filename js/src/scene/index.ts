/** What follows from store and view, computed once per frame and read by many views. */

import type { ReadonlySignal } from "@preact/signals";
import type { Store } from "../store";
import type { ViewState } from "../view";
import { type Choice, makeChoice } from "./choice";
import { type Curves, makeCurves } from "./curves";
import { makePicture, type Picture } from "./picture";
import { makeProbe, type Probe } from "./probe";
import { makeResting } from "./resting";
import { makeValues, type Values } from "./values";
import { makeWords, type Words } from "./words";

export type { EdgeCurve } from "./curves";
export { allSlots } from "./picture";

export type Scene = Picture &
  Values &
  Choice &
  Words & { readonly curves: ReadonlySignal<Curves>; readonly probe: Probe };

export function makeScene(store: Store, view: ViewState): Scene {
  const resting = makeResting(store);
  const picture = makePicture(store, view, resting.frame);
  const values = makeValues(store, view, resting.frame, picture);
  const choice = makeChoice(store, view);
  const probe = makeProbe(store, view);
  return {
    ...picture,
    ...values,
    ...choice,
    ...makeWords(store, view, picture),
    curves: makeCurves(store, picture.target),
    probe,
    close() {
      for (const part of [resting, picture, choice, probe]) part.close();
    },
  };
}
