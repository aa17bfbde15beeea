"use client";

import { useActionState, type ReactNode } from "react";
import { untried, type ActionState } from "@/actions/state";
import { Announcement } from "./Announcement";
import { SubmitButton } from "./SubmitButton";

interface Props {
  action: (previous: ActionState, form: FormData) => Promise<ActionState>;
  label: string;
  pendingLabel: string;
  children?: ReactNode;
}

/** A form with one button, which leads on to another page or says below why not. */
export function ActionForm({ action, label, pendingLabel, children }: Props) {
  const [state, submit] = useActionState(action, untried);
  return (
    <form action={submit} className="stack">
      {children}
      <Announcement state={state} />
      <SubmitButton pendingLabel={pendingLabel}>{label}</SubmitButton>
    </form>
  );
}
