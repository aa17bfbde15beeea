import type { Texts } from "../texts"

export const it: Texts = {
  stockLocation: "Magazzino principale",
  standardShipping: { name: "Consegna standard", description: "Da voi in 3-5 giorni" },
  expressShipping: { name: "Consegna espressa", description: "Da voi domani" },
  categories: { clothing: "Abbigliamento", home: "Casa", desk: "Scrivania" },
  featured: "Preferiti",
  options: { size: "Taglia", colour: "Colore", edition: "Edizione" },
  values: { natural: "Naturale", black: "Nero", white: "Bianco", blue: "Blu", standard: "Standard", lined: "A righe", plain: "Bianca" },
  products: {
    "t-shirt": { title: "Maglietta di cotone", description: "Cotone biologico pesante, taglio dritto e un collo che tiene la forma." },
    hoodie: { title: "Felpa con cappuccio", description: "Garzata all'interno, con un cappuccio ampio e due tasche per le mani fredde." },
    "tote-bag": { title: "Borsa di tela", description: "Tela robusta e manici lunghi: porta la spesa e si piega piatta." },
    mug: { title: "Tazza in gres", description: "Contiene 350 ml e trattiene il calore. Smaltata a mano: ognuna è diversa." },
    candle: { title: "Candela profumata", description: "Cera di soia con cedro e fico. Dura circa 40 ore." },
    notebook: { title: "Taccuino", description: "160 pagine di carta che l'inchiostro non attraversa, e resta aperto in piano." },
  },
}
