import type { Texts } from "../texts"

export const es: Texts = {
  stockLocation: "Almacén principal",
  standardShipping: { name: "Envío estándar", description: "En su casa en 3 a 5 días" },
  expressShipping: { name: "Envío urgente", description: "En su casa mañana" },
  categories: { clothing: "Ropa", home: "Hogar", desk: "Escritorio" },
  featured: "Favoritos",
  options: { size: "Talla", colour: "Color", edition: "Edición" },
  values: { natural: "Natural", black: "Negro", white: "Blanco", blue: "Azul", standard: "Estándar", lined: "Rayado", plain: "Liso" },
  products: {
    "t-shirt": { title: "Camiseta de algodón", description: "Algodón orgánico grueso, corte recto y un cuello que no se deforma." },
    hoodie: { title: "Sudadera con capucha", description: "Afelpada por dentro, con capucha amplia y dos bolsillos para las manos frías." },
    "tote-bag": { title: "Bolsa de tela", description: "Lona resistente y asas largas: lleva la compra y se pliega en plano." },
    mug: { title: "Taza de gres", description: "Caben 350 ml y guarda el calor. Esmaltada a mano: no hay dos iguales." },
    candle: { title: "Vela aromática", description: "Cera de soja con cedro e higo. Arde unas 40 horas." },
    notebook: { title: "Cuaderno", description: "160 páginas de un papel que la tinta no traspasa, y se abre del todo." },
  },
}
