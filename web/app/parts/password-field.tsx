import CircleAlert from "lucide-react/icons/circle-alert";
import { useId } from "react";

interface PasswordFieldProps {
  label: string;
  /** Does one type a password that one has, or think of a new one? The browser's own keeper asks. */
  is: "current" | "new";
  value: string;
  setValue: (value: string) => void;
  /** What it is to be, or why it was refused. */
  hint?: string;
  refused?: string | null;
}

/** Where a password is typed. */
export function PasswordField({ label, is, value, setValue, hint, refused = null }: PasswordFieldProps) {
  const id = useId();
  const words = refused ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        className="input"
        id={id}
        type="password"
        autoComplete={`${is}-password`}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        aria-invalid={refused !== null}
        aria-describedby={words ? `${id}-hint` : undefined}
      />
      {words && (
        <p className={refused ? "hint bad" : "hint"} id={`${id}-hint`} role={refused ? "alert" : undefined}>
          {refused && <CircleAlert className="icon s" />}
          <span>{words}</span>
        </p>
      )}
    </div>
  );
}
