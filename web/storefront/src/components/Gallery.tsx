import { text } from "@/lib/messages";
import { getShop } from "@/lib/shop";
import { ProductImage } from "./ProductImage";

/** The product's images in a row to scroll through, by hand or by keys; no script needed. */
export function Gallery({ title, images }: { title: string; images: string[] }) {
  const { messages } = getShop();
  if (images.length < 2) {
    return (
      <div className="gallery gallery--single">
        <ProductImage src={images[0] ?? null} title={title} alt={title} eager />
      </div>
    );
  }
  return (
    <section className="gallery" aria-label={text(messages.images, { title })} tabIndex={0}>
      {images.map((src, index) => (
        <ProductImage
          key={src}
          src={src}
          title={title}
          alt={text(messages.imageOf, { title, number: index + 1 })}
          eager={index === 0}
        />
      ))}
    </section>
  );
}
