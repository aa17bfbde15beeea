"use client";

import { useActionState, useEffect, useRef } from "react";
import type { AddressEntries, AddressState } from "@/actions/checkout";
import { untried } from "@/actions/state";
import type { AddressFormTexts, CountryForm } from "@/lib/address/form";
import { text } from "@/lib/messages/text";
import { AddressFields } from "./AddressFields";
import { Announcement } from "./Announcement";
import { Field } from "./Field";
import { SubmitButton } from "./SubmitButton";

interface Props {
  action: (previous: AddressState, form: FormData) => Promise<AddressState>;
  initial: AddressEntries;
  countries: CountryForm[];
  texts: AddressFormTexts;
}

/**
 * Contact, shipping and billing address. The server checks; what it finds stands at the fields, and the first gets the
 * focus.
 */
export function AddressForm({ action, initial, countries, texts }: Props) {
  const [state, submit] = useActionState(action, { ...untried, entries: null, problems: {} });
  const form = useRef<HTMLFormElement>(null);
  const entries = state.entries ?? initial;
  useEffect(() => {
    if (state.outcome === "failed") form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [state]);
  const problemOf = (name: string, example = "") => {
    const problem = state.problems[name];
    return problem && text(texts.problems[problem], { example });
  };
  const shared = { countries, texts, problemOf };
  return (
    <form ref={form} action={submit} className="stack stack--wide">
      <section aria-labelledby="contact">
        <h2 id="contact">{texts.contact}</h2>
        <Field name="email" label={texts.email} hint={texts.emailHint} problem={problemOf("email")}>
          {(control) => (
            <input
              {...control}
              name="email"
              type="email"
              autoComplete="email"
              required
              maxLength={254}
              defaultValue={entries.email}
            />
          )}
        </Field>
      </section>
      <section aria-labelledby="shipping-address">
        <h2 id="shipping-address">{texts.shippingAddress}</h2>
        <AddressFields {...shared} prefix="shipping." section="shipping" address={entries.shipping} insist />
      </section>
      <section aria-labelledby="billing-address" className="billing">
        <h2 id="billing-address">{texts.billingAddress}</h2>
        <label className="checkbox">
          <input
            key={String(entries.billingSame)}
            type="checkbox"
            name="billingSame"
            defaultChecked={entries.billingSame}
          />
          <span>{texts.billingSame}</span>
        </label>
        <div className="billing__fields">
          <AddressFields {...shared} prefix="billing." section="billing" address={entries.billing} insist={false} />
        </div>
      </section>
      <Announcement state={state} />
      <SubmitButton pendingLabel={texts.submitting}>{texts.submit}</SubmitButton>
    </form>
  );
}
