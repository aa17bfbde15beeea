import type { Texts } from "../texts"

export const fr: Texts = {
  stockLocation: "Entrepôt principal",
  standardShipping: { name: "Livraison standard", description: "Chez vous en 3 à 5 jours" },
  expressShipping: { name: "Livraison express", description: "Chez vous demain" },
  categories: { clothing: "Vêtements", home: "Maison", desk: "Bureau" },
  featured: "Coups de cœur",
  options: { size: "Taille", colour: "Couleur", edition: "Édition" },
  values: { natural: "Naturel", black: "Noir", white: "Blanc", blue: "Bleu", standard: "Standard", lined: "Ligné", plain: "Uni" },
  products: {
    "t-shirt": { title: "T-shirt en coton", description: "Coton bio épais, coupe droite et un col qui garde sa forme." },
    hoodie: { title: "Sweat à capuche", description: "Gratté à l'intérieur, avec une capuche profonde et deux poches pour les mains froides." },
    "tote-bag": { title: "Sac en toile", description: "Toile solide et longues anses : il porte les courses et se plie à plat." },
    mug: { title: "Tasse en grès", description: "Contient 350 ml et garde la chaleur. Émaillée à la main, chaque pièce est unique." },
    candle: { title: "Bougie parfumée", description: "Cire de soja, cèdre et figue. Brûle environ 40 heures." },
    notebook: { title: "Carnet", description: "160 pages d'un papier que l'encre ne traverse pas, et il reste ouvert à plat." },
  },
}
