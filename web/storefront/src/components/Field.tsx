import type { ReactNode } from "react";

/** What a control needs to be tied to its label, hint and problem. */
export interface ControlProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

interface Props {
  name: string;
  label: string;
  optional?: string | false;
  hint?: string;
  problem?: string | undefined;
  className?: string;
  children: (control: ControlProps) => ReactNode;
}

export function Field({ name, label, optional = false, hint = "", problem, className = "", children }: Props) {
  const described = [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(" ");
  return (
    <div className={`field ${className}`}>
      <label htmlFor={name}>
        {label}
        {optional && <span className="field__optional"> ({optional})</span>}
      </label>
      {children({ id: name, "aria-describedby": described || undefined, "aria-invalid": problem ? true : undefined })}
      {hint && (
        <p id={`${name}-hint`} className="field__hint">
          {hint}
        </p>
      )}
      {problem && (
        <p id={`${name}-problem`} className="field__problem">
          {problem}
        </p>
      )}
    </div>
  );
}
