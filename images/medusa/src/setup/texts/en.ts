import type { Texts } from "../texts"

export const en: Texts = {
  stockLocation: "Main warehouse",
  standardShipping: { name: "Standard delivery", description: "With you in 3 to 5 days" },
  expressShipping: { name: "Express delivery", description: "With you tomorrow" },
  categories: { clothing: "Clothing", home: "Home", desk: "Desk" },
  featured: "Favourites",
  options: { size: "Size", colour: "Colour", edition: "Edition" },
  values: { natural: "Natural", black: "Black", white: "White", blue: "Blue", standard: "Standard", lined: "Lined", plain: "Plain" },
  products: {
    "t-shirt": { title: "Cotton T-shirt", description: "Heavy organic cotton, a straight cut, and a collar that keeps its shape." },
    hoodie: { title: "Hoodie", description: "Brushed inside, with a deep hood and two pockets for cold hands." },
    "tote-bag": { title: "Tote bag", description: "Strong canvas with long handles: carries the shopping and folds flat." },
    mug: { title: "Stoneware mug", description: "Holds 350 ml and the heat. Glazed by hand, so no two are quite alike." },
    candle: { title: "Scented candle", description: "Soy wax with cedar and fig. Burns for about 40 hours." },
    notebook: { title: "Notebook", description: "160 pages of paper that ink does not bleed through, and it lies flat." },
  },
}
