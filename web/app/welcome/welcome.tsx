import CircleAlert from "lucide-react/icons/circle-alert";
import { useId, useState } from "react";
import { Form } from "../parts/form.tsx";
import { Mark, OpenMark } from "../parts/mark.tsx";
import { Account } from "./account.tsx";
import { useEntrance } from "./entrance.ts";
import { HowToRead } from "./how-to-read.tsx";
import { LineWords } from "./line-words.tsx";

const NEW = "People talk here, on a server of their own, where every message arrives once and in order.";
const KNOWN = "Your name and your password bring your conversations to this device.";

/** The first visit: choose a name, and be in. `reason` says why one is here again. */
export function Welcome({ reason, onIn }: { reason?: string | null; onIn: () => void }) {
  return (
    <div className="welcome">
      <div className="enter">
        <header className="brand">
          <Mark />
          Parley
        </header>
        <Entrance reason={reason ?? null} onIn={onIn} />
        <footer>
          <span>Runs on Parley, free software on a server of its own</span>
        </footer>
      </div>
      <HowToRead />
    </div>
  );
}

function Entrance({ reason, onIn }: { reason: string | null; onIn: () => void }) {
  const [name, setName] = useState("");
  const [known, setKnown] = useState(false);
  return (
    <main>
      <div>
        <OpenMark name={name} />
        <h1>{known ? "Good to see you again." : "Pick a name, and you are in."}</h1>
        <p className="lead">{reason ?? (known ? KNOWN : NEW)}</p>
      </div>
      {known ? (
        <Account start={name} onIn={onIn} onBack={() => setKnown(false)} />
      ) : (
        <NameForm name={name} setName={setName} onIn={onIn} onKnown={() => setKnown(true)} />
      )}
    </main>
  );
}

interface NameFormProps {
  name: string;
  setName: (name: string) => void;
  onIn: () => void;
  onKnown: () => void;
}

function NameForm({ name, setName, onIn, onKnown }: NameFormProps) {
  const id = useId();
  const { refused, busy, comeIn } = useEntrance(onIn);

  return (
    <Form onSubmit={() => void comeIn(name)}>
      <div className="field">
        <label htmlFor={id}>What should people call you?</label>
        <div className="go">
          <input
            className="input tall"
            id={id}
            autoComplete="nickname"
            // biome-ignore lint/a11y/noAutofocus: the page has one purpose, and this is it
            autoFocus
            placeholder="Your name"
            maxLength={256}
            dir="auto"
            value={name}
            onChange={(event) => setName(event.target.value)}
            aria-invalid={refused !== null}
            aria-describedby={`${id}-hint`}
          />
          <button className="btn primary now" type="submit" disabled={busy}>
            Come in
          </button>
        </div>
        <NameHint id={`${id}-hint`} refused={refused} />
      </div>
      <button className="link-btn" type="button" onClick={onKnown}>
        I have an account
      </button>
      {busy && <LineWords />}
    </Form>
  );
}

function NameHint({ id, refused }: { id: string; refused: string | null }) {
  return (
    <p className={refused ? "hint bad" : "hint"} id={id} role={refused ? "alert" : undefined}>
      {refused && <CircleAlert className="icon s" />}
      <span>{refused ?? "No account needed, no email. This browser keeps your name."}</span>
    </p>
  );
}
