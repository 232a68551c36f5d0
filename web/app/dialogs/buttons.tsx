import { closeDialog } from "./open.ts";

interface ButtonsProps {
  /** The verb on the button that does it. */
  act: string;
  disabled: boolean;
  mood?: "primary" | "danger";
  onCancel?: () => void;
}

/** The two buttons at the foot of a form. */
export function Buttons({ act, disabled, mood = "primary", onCancel = closeDialog }: ButtonsProps) {
  return (
    <>
      <button type="button" className="btn" onClick={onCancel}>
        Cancel
      </button>
      <button type="submit" className={`btn ${mood}`} disabled={disabled}>
        {act}
      </button>
    </>
  );
}
