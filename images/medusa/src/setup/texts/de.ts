import type { Texts } from "../texts"

export const de: Texts = {
  stockLocation: "Hauptlager",
  standardShipping: { name: "Standardversand", description: "In 3 bis 5 Tagen bei Ihnen" },
  expressShipping: { name: "Expressversand", description: "Morgen bei Ihnen" },
  categories: { clothing: "Kleidung", home: "Wohnen", desk: "Schreibtisch" },
  featured: "Lieblingsstücke",
  options: { size: "Größe", colour: "Farbe", edition: "Ausführung" },
  values: { natural: "Natur", black: "Schwarz", white: "Weiß", blue: "Blau", standard: "Standard", lined: "Liniert", plain: "Blanko" },
  products: {
    "t-shirt": { title: "Baumwoll-T-Shirt", description: "Schwere Bio-Baumwolle, gerader Schnitt und ein Kragen, der die Form behält." },
    hoodie: { title: "Kapuzenpullover", description: "Innen angeraut, mit tiefer Kapuze und zwei Taschen für kalte Hände." },
    "tote-bag": { title: "Stofftasche", description: "Fester Canvas mit langen Henkeln: trägt den Einkauf und lässt sich flach falten." },
    mug: { title: "Steinzeugbecher", description: "Fasst 350 ml und hält warm. Von Hand glasiert, daher gleicht keiner dem anderen." },
    candle: { title: "Duftkerze", description: "Sojawachs mit Zeder und Feige. Brennt etwa 40 Stunden." },
    notebook: { title: "Notizbuch", description: "160 Seiten Papier, durch das keine Tinte schlägt, und es bleibt flach liegen." },
  },
}
