import type { Texts } from "../texts"

export const nl: Texts = {
  stockLocation: "Hoofdmagazijn",
  standardShipping: { name: "Standaardlevering", description: "Binnen 3 tot 5 dagen bij u" },
  expressShipping: { name: "Expreslevering", description: "Morgen bij u" },
  categories: { clothing: "Kleding", home: "Wonen", desk: "Bureau" },
  featured: "Favorieten",
  options: { size: "Maat", colour: "Kleur", edition: "Uitvoering" },
  values: { natural: "Naturel", black: "Zwart", white: "Wit", blue: "Blauw", standard: "Standaard", lined: "Gelinieerd", plain: "Blanco" },
  products: {
    "t-shirt": { title: "Katoenen T-shirt", description: "Zwaar biologisch katoen, een rechte snit en een hals die zijn vorm houdt." },
    hoodie: { title: "Hoodie", description: "Geruwd van binnen, met een diepe capuchon en twee zakken voor koude handen." },
    "tote-bag": { title: "Katoenen tas", description: "Stevig canvas met lange hengsels: draagt de boodschappen en vouwt plat op." },
    mug: { title: "Beker van steengoed", description: "Voor 350 ml, en hij houdt de warmte vast. Met de hand geglazuurd, dus geen twee zijn gelijk." },
    candle: { title: "Geurkaars", description: "Sojawas met ceder en vijg. Brandt ongeveer 40 uur." },
    notebook: { title: "Notitieboek", description: "160 pagina's papier waar inkt niet doorheen trekt, en het blijft plat liggen." },
  },
}
