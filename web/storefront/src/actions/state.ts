/** What a form's action says of itself: shown beside the form, and announced to screen readers. */
export interface ActionState {
  /** Counts attempts, so that the same outcome twice is announced twice. */
  attempt: number;
  outcome: "none" | "done" | "failed";
  message: string;
}

export const untried: ActionState = { attempt: 0, outcome: "none", message: "" };
