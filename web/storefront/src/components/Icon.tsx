const paths = {
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm5 11.5L20 20",
  bag: "M6 8h12l1 12H5L6 8Zm3 0V6.5a3 3 0 0 1 6 0V8",
  check: "M5 12.5 10 17.5 19.5 7",
};

/** A drawing beside a text that says the same: hidden from screen readers. */
export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
