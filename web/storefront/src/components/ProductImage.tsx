const tints = 6;

// Any product keeps its tint, and neighbours mostly differ.
function tintOf(title: string): number {
  return [...title].reduce((sum, character) => (sum * 31 + character.codePointAt(0)!) % 9973, 7) % tints;
}

interface Props {
  src: string | null;
  title: string;
  /** Empty for an image beside which the title stands as text. */
  alt?: string;
  eager?: boolean;
}

/** A square with the image, or with the product's initial on a quiet tint where there is none or it does not load. */
export function ProductImage({ src, title, alt = "", eager = false }: Props) {
  return (
    <span className={`picture picture--${tintOf(title)}`}>
      <span className="picture__initial" aria-hidden="true">
        {[...title.trim()][0]?.toUpperCase()}
      </span>
      {src && <img src={src} alt={alt} loading={eager ? "eager" : "lazy"} decoding="async" width={600} height={600} />}
    </span>
  );
}
