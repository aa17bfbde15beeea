// For the two pages that the browser shows by itself after a defect: they cannot ask the server for the store's
// language, so they read it from the document. Kept apart, so that browsers do not load the whole catalogue for it.

interface FailureText {
  title: string;
  hint: string;
  retry: string;
}

const texts: Record<string, FailureText> = {
  en: { title: "Something went wrong", hint: "Please try again: your cart is kept.", retry: "Try again" },
  de: {
    title: "Etwas ist schiefgegangen",
    hint: "Bitte versuchen Sie es noch einmal: Ihr Warenkorb bleibt erhalten.",
    retry: "Noch einmal versuchen",
  },
  fr: {
    title: "Une erreur s’est produite",
    hint: "Veuillez réessayer : votre panier est conservé.",
    retry: "Réessayer",
  },
  es: { title: "Algo ha salido mal", hint: "Inténtalo de nuevo: tu carrito se conserva.", retry: "Intentar de nuevo" },
};

export function failureText(language: string): FailureText {
  return texts[language] ?? texts["en"]!;
}
