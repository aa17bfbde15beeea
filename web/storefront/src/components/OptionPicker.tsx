import type { ProductOption } from "@/lib/catalogue/product";

interface Props {
  option: ProductOption;
  selected: string | undefined;
  available: (value: string) => boolean;
  unavailable: string;
  onSelect: (value: string) => void;
}

/** The values of one option as radio buttons. Those that lead to nothing to buy are marked, but can be looked at. */
export function OptionPicker({ option, selected, available, unavailable, onSelect }: Props) {
  return (
    <fieldset className="options">
      <legend>{option.title}</legend>
      <div className="options__values">
        {option.values.map((value) => (
          <label key={value} className={available(value) ? "option" : "option option--unavailable"}>
            <input
              type="radio"
              name={`option.${option.id}`}
              value={value}
              checked={value === selected}
              onChange={() => onSelect(value)}
            />
            <span>
              {value}
              {!available(value) && <span className="visually-hidden"> ({unavailable})</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
