interface Props {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  readonly values: readonly string[];
  readonly off: string;
  readonly onChoose: (value: string) => void;
}

export function Select({ label, name, value, values, off, onChoose }: Props) {
  return (
    <select
      class="kw-select"
      aria-label={label}
      data-select={name}
      disabled={Boolean(off)}
      value={value}
      onChange={event => onChoose(event.currentTarget.value)}
    >
      {values.map(entry => (
        <option key={entry} value={entry}>
          {entry}
        </option>
      ))}
    </select>
  );
}
