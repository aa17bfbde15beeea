import crypto from "node:crypto"

/** How many bytes are fetched at once. */
const poolSize = 4096

/**
 * Hands single random bytes out of a supply that is fetched at once; each byte is given once. `ulid` asks for them one by one, sixteen
 * for each of the steps that Medusa's workflows are built of at its start: tens of thousands of calls, a twentieth of the start.
 */
export function supplySingleBytes(): void {
  const randomBytes = crypto.randomBytes as (size: number, callback?: (error: Error | null, bytes: Buffer) => void) => Buffer
  let supply: Buffer = Buffer.alloc(0)
  let given = 0
  const supplied: typeof randomBytes = (size, callback) => {
    if (size !== 1 || callback) return randomBytes(size, callback)
    if (given === supply.length) {
      supply = randomBytes(poolSize)
      given = 0
    }
    return Buffer.of(supply[given++])
  }
  Object.assign(crypto, { randomBytes: supplied })
}
