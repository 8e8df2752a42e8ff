/** Which sign stands for which class. */

import { ClassSign } from "./ClassSign";

const SIZE = 14;

export function ClassLegend({ classes }: { classes: readonly string[] }) {
  return (
    <ul class="kw-class-legend" aria-label="Classes">
      {classes.map((name, index) => (
        <li key={name}>
          <svg width={SIZE} height={SIZE} aria-hidden="true">
            <ClassSign index={index} x={SIZE / 2} y={SIZE / 2} />
          </svg>
          <span class="kw-ellipsis" title={name}>
            {name}
          </span>
        </li>
      ))}
    </ul>
  );
}
