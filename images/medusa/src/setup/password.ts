import Scrypt from "scrypt-kdf"

/** As Medusa's sign-in by password (the provider emailpass) keeps and checks it. */
export async function hashPassword(password: string): Promise<string> {
  return (await Scrypt.kdf(password, { logN: 15, r: 8, p: 1 })).toString("base64")
}
