import { writeFileSync } from "node:fs"
import { log } from "./log"

/** Where Kubernetes reads what a container has to say at its end. */
const terminationLog = "/dev/termination-log"

/** Says a line that the shop's owner is to read: the platform shows what a set-up that went well has left there. */
export function tellOwner(lines: string[]): void {
  if (lines.length === 0) return
  lines.forEach((line) => log.warn(line))
  try {
    writeFileSync(terminationLog, lines.join("; "), { flag: "r+" })
  } catch (error) {
    // Outside Kubernetes there is no such file: the log has it.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
  }
}
