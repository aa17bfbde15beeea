import type { Metadata } from "next";
import { choosePassword } from "@/actions/password";
import { ActionForm } from "@/components/ActionForm";
import { Field } from "@/components/Field";
import { getShop } from "@/lib/shop";

export function generateMetadata(): Metadata {
  // The address holds what opens the account: it must not be told to anybody.
  return { title: getShop().messages.newPassword, robots: { index: false }, referrer: "no-referrer" };
}

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Where the link in a mail about a forgotten password leads. */
export default async function ResetPassword({ searchParams }: Props) {
  const { messages } = getShop();
  const { token } = await searchParams;
  return (
    <div className="message message--inline">
      <h1>{messages.newPassword}</h1>
      <ActionForm action={choosePassword} label={messages.savePassword} pendingLabel={messages.savingPassword}>
        <input type="hidden" name="token" value={typeof token === "string" ? token : ""} />
        <Field name="password" label={messages.newPassword} hint={messages.passwordLength}>
          {(control) => (
            <input {...control} name="password" type="password" autoComplete="new-password" required minLength={8} />
          )}
        </Field>
      </ActionForm>
    </div>
  );
}
