"use client";

import { useState } from "react";
import type { Address } from "@/lib/address/address";
import type { AddressFormTexts, CountryForm, FieldForm } from "@/lib/address/form";
import { Field, type ControlProps } from "./Field";

interface Props {
  /** Of the names of the fields: "shipping." or "billing.". */
  prefix: string;
  /** The autocomplete section: what the browser fills in apart. */
  section: "shipping" | "billing";
  address: Address;
  countries: CountryForm[];
  texts: AddressFormTexts;
  problemOf: (name: string, example?: string) => string | undefined;
  /** False for a form that may stay hidden: the browser would insist on fields that nobody sees. */
  insist: boolean;
}

interface ControlOptions {
  name: string;
  field: FieldForm;
  value: string;
  choose: string;
  section: string;
  insist: boolean;
}

function Control({ name, field, value, choose, section, insist, ...control }: ControlOptions & ControlProps) {
  const common = {
    ...control,
    name,
    required: insist && field.required,
    autoComplete: `${section} ${field.autoComplete}`,
  };
  if (field.choices.length === 0) {
    return <input {...common} type={field.name === "phone" ? "tel" : "text"} maxLength={100} defaultValue={value} />;
  }
  // The key: React does not bring a select's default value back after it has reset the form.
  return (
    <select {...common} key={value} defaultValue={field.choices.some((choice) => choice.value === value) ? value : ""}>
      <option value="">{choose}</option>
      {field.choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}

/**
 * An address in the format of its country; choosing another country brings that one's fields, and keeps what was
 * typed.
 */
export function AddressFields({ prefix, section, address, countries, texts, problemOf, insist }: Props) {
  const [code, setCode] = useState(address.country);
  const country = countries.find((candidate) => candidate.code === code) ?? countries[0];
  const countryField = `${prefix}country`;
  return (
    <div className="fields">
      <Field name={countryField} label={texts.country} problem={problemOf(countryField)} className="field--full">
        {(control) => (
          <select
            {...control}
            name={countryField}
            value={country?.code ?? ""}
            onChange={({ target }) => setCode(target.value)}
            autoComplete={`${section} country`}
          >
            {countries.map((choice) => (
              <option key={choice.code} value={choice.code}>
                {choice.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {country?.fields.map((field) => (
        <Field
          key={field.name}
          name={prefix + field.name}
          label={field.label}
          optional={!field.required && texts.optional}
          problem={problemOf(prefix + field.name, field.example)}
          className={`field--${field.width}`}
        >
          {(control) => (
            <Control
              {...control}
              name={prefix + field.name}
              field={field}
              value={address[field.name] ?? ""}
              choose={texts.choose}
              section={section}
              insist={insist}
            />
          )}
        </Field>
      ))}
    </div>
  );
}
