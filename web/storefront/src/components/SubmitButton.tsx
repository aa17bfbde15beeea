"use client";

import type { ReactNode } from "react";
import { useFormStatus } from "react-dom";

interface Props {
  children: ReactNode;
  pendingLabel: string;
  disabled?: boolean;
}

/** The main button of a form. While the form is sent it says so and ignores further clicks, but keeps the focus. */
export function SubmitButton({ children, pendingLabel, disabled = false }: Props) {
  const { pending } = useFormStatus();
  return (
    <button
      type="submit"
      className="button button--primary button--wide"
      disabled={disabled}
      aria-disabled={pending}
      onClick={(event) => {
        if (pending) event.preventDefault();
      }}
    >
      {pending && <span className="spinner" aria-hidden="true" />}
      {pending ? pendingLabel : children}
    </button>
  );
}
