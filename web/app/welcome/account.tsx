import { useId, useState } from "react";
import { Form } from "../parts/form.tsx";
import { PasswordField } from "../parts/password-field.tsx";
import { useEntrance } from "./entrance.ts";
import { LineWords } from "./line-words.tsx";

interface AccountProps {
  /** What was typed as a name so far. */
  start: string;
  onIn: () => void;
  onBack: () => void;
}

/** For whoever has a password: the way in on another device. */
export function Account({ start, onIn, onBack }: AccountProps) {
  const id = useId();
  const [name, setName] = useState(start);
  const [password, setPassword] = useState("");
  const { refused, busy, comeIn } = useEntrance(onIn);

  return (
    <Form onSubmit={() => void comeIn(name, password)}>
      <div className="field">
        <label htmlFor={id}>Your name, or your @name</label>
        <input
          className="input"
          id={id}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: whoever came here wants to write
          autoFocus
          maxLength={256}
          dir="auto"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <PasswordField label="Password" is="current" value={password} setValue={setPassword} refused={refused} />
      <div className="acts">
        <button className="btn primary" type="submit" disabled={busy}>
          Sign in
        </button>
        <button className="btn quiet" type="button" onClick={onBack}>
          Pick a name instead
        </button>
      </div>
      {busy && <LineWords />}
    </Form>
  );
}
