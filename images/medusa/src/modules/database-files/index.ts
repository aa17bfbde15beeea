import { ModuleProvider, Modules } from "@medusajs/framework/utils"
import { DatabaseFileService } from "./service"

export default ModuleProvider(Modules.FILE, { services: [DatabaseFileService] })
