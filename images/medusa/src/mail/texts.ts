/** The words of the shop's mails; {…} is replaced. */
export interface MailTexts {
  orderSubject: string
  orderIntro: string
  quantityAndItem: string
  shipping: string
  taxes: string
  total: string
  deliveredTo: string
  resetSubject: string
  resetIntro: string
  resetOutro: string
}

const en: MailTexts = {
  orderSubject: "Your order {number} at {shop}",
  orderIntro: "Thank you for your order. This is what we received:",
  quantityAndItem: "{quantity} × {item}",
  shipping: "Delivery",
  taxes: "Taxes included",
  total: "Total",
  deliveredTo: "Delivered to",
  resetSubject: "A new password for {shop}",
  resetIntro: "Somebody, hopefully you, asked for a new password. Choose one here within 15 minutes:",
  resetOutro: "If it was not you, ignore this mail: nothing changes.",
}

const de: MailTexts = {
  orderSubject: "Ihre Bestellung {number} bei {shop}",
  orderIntro: "Vielen Dank für Ihre Bestellung. Das ist bei uns eingegangen:",
  quantityAndItem: "{quantity} × {item}",
  shipping: "Versand",
  taxes: "Darin enthaltene Steuern",
  total: "Summe",
  deliveredTo: "Lieferung an",
  resetSubject: "Ein neues Passwort für {shop}",
  resetIntro: "Jemand, hoffentlich Sie, hat ein neues Passwort angefordert. Wählen Sie es hier innerhalb von 15 Minuten:",
  resetOutro: "Waren Sie es nicht, dann ist nichts zu tun: Es ändert sich nichts.",
}

const es: MailTexts = {
  orderSubject: "Su pedido {number} en {shop}",
  orderIntro: "Gracias por su pedido. Esto es lo que hemos recibido:",
  quantityAndItem: "{quantity} × {item}",
  shipping: "Envío",
  taxes: "Impuestos incluidos",
  total: "Total",
  deliveredTo: "Entrega a",
  resetSubject: "Una contraseña nueva para {shop}",
  resetIntro: "Alguien, esperamos que usted, ha pedido una contraseña nueva. Elíjala aquí en los próximos 15 minutos:",
  resetOutro: "Si no fue usted, no haga nada: todo sigue igual.",
}

const fr: MailTexts = {
  orderSubject: "Votre commande {number} chez {shop}",
  orderIntro: "Merci de votre commande. Voici ce que nous avons reçu :",
  quantityAndItem: "{quantity} × {item}",
  shipping: "Livraison",
  taxes: "Dont taxes",
  total: "Total",
  deliveredTo: "Livraison à",
  resetSubject: "Un nouveau mot de passe pour {shop}",
  resetIntro: "Quelqu'un, vous sans doute, a demandé un nouveau mot de passe. Choisissez-le ici dans les 15 minutes :",
  resetOutro: "Si ce n'était pas vous, ignorez ce message : rien ne change.",
}

const it: MailTexts = {
  orderSubject: "Il suo ordine {number} da {shop}",
  orderIntro: "Grazie per il suo ordine. Ecco che cosa abbiamo ricevuto:",
  quantityAndItem: "{quantity} × {item}",
  shipping: "Spedizione",
  taxes: "Tasse incluse",
  total: "Totale",
  deliveredTo: "Consegna a",
  resetSubject: "Una nuova password per {shop}",
  resetIntro: "Qualcuno, speriamo lei, ha chiesto una nuova password. La scelga qui entro 15 minuti:",
  resetOutro: "Se non è stato lei, ignori questo messaggio: non cambia nulla.",
}

const nl: MailTexts = {
  orderSubject: "Uw bestelling {number} bij {shop}",
  orderIntro: "Bedankt voor uw bestelling. Dit hebben wij ontvangen:",
  quantityAndItem: "{quantity} × {item}",
  shipping: "Verzending",
  taxes: "Inclusief belastingen",
  total: "Totaal",
  deliveredTo: "Bezorging aan",
  resetSubject: "Een nieuw wachtwoord voor {shop}",
  resetIntro: "Iemand, hopelijk u, vroeg om een nieuw wachtwoord. Kies het hier binnen 15 minuten:",
  resetOutro: "Was u het niet, dan hoeft u niets te doen: er verandert niets.",
}

const languages: Record<string, MailTexts> = { de, en, es, fr, it, nl }

/** In English where the language is not spoken here. */
export function mailTextsIn(language: string): MailTexts {
  return languages[language] ?? en
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole))
}
