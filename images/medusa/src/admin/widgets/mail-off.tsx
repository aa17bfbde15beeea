import { defineWidgetConfig } from "@medusajs/admin-sdk"
import { Alert } from "@medusajs/ui"
import { useEffect, useState } from "react"

/** Says that nobody gets mail from this shop, where its owner would expect that somebody does. */
const MailOff = () => {
  const [off, setOff] = useState(false)
  useEffect(() => {
    fetch("/admin/mail", { credentials: "include" })
      .then((response) => (response.ok ? response.json() : undefined))
      .then((answer) => setOff(answer?.mail?.enabled === false))
      .catch(() => undefined)
  }, [])
  if (!off) return null
  return (
    <Alert variant="warning">
      Mail is off: customers get no confirmation of their orders, and a forgotten password cannot be reset. Whoever runs this store can give
      it a mail server.
    </Alert>
  )
}

export const config = defineWidgetConfig({ zone: ["order.list.before", "store.details.before", "user.list.before"] })

export default MailOff
