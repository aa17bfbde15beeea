import { NotFound } from "@/components/NotFound";

/** For addresses that no page has. Pages that look for something and do not find it use components/page.tsx. */
export default NotFound;
