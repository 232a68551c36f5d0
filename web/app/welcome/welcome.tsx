import CircleAlert from "lucide-react/icons/circle-alert";
import { type FormEvent, useId, useState } from "react";
import { LineAct } from "../parts/line-act.tsx";
import { Mark, OpenMark } from "../parts/mark.tsx";
import { useNow } from "../parts/now.ts";
import { useChat, useClient } from "../session.tsx";
import { lineShelf } from "../words/connection.ts";
import { nameRefusal } from "../words/refusals.ts";
import { HowToRead } from "./how-to-read.tsx";

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
  return (
    <main>
      <div>
        <OpenMark name={name} />
        <h1>Pick a name, and you are in.</h1>
        <p className="lead">
          {reason ?? "People talk here, on a server of their own, where every message arrives once and in order."}
        </p>
      </div>
      <NameForm name={name} setName={setName} onIn={onIn} />
    </main>
  );
}

interface NameFormProps {
  name: string;
  setName: (name: string) => void;
  onIn: () => void;
}

function useEntrance(onIn: () => void) {
  const client = useClient();
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function comeIn(name: string) {
    const chosen = name.trim();
    if (!chosen) return setRefused("A name needs at least one character.");
    setBusy(true);
    setRefused(null);
    try {
      // Whoever was here before is not known to the server any more.
      if (client.me) client.signOut();
      await client.signIn(chosen);
      onIn();
    } catch (error) {
      setRefused(nameRefusal(error, chosen, client.limits.shown_name));
      setBusy(false);
    }
  }

  const stopped = useChat(({ line }) => line.is === "stopped");
  return { refused, busy: busy && !stopped, comeIn };
}

function NameForm({ name, setName, onIn }: NameFormProps) {
  const id = useId();
  const { refused, busy, comeIn } = useEntrance(onIn);

  function submit(event: FormEvent) {
    event.preventDefault();
    void comeIn(name);
  }

  return (
    <form onSubmit={submit} noValidate>
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
      {busy && <LineWords />}
    </form>
  );
}

/** What keeps one waiting at the door, where that is the line. */
function LineWords() {
  const line = useChat((client) => client.line);
  const now = useNow(line.is === "waiting", 250);
  const shelf = lineShelf(line, 0, now);
  if (!shelf) return null;
  return (
    <div className="shelf off">
      <span>
        <b>{shelf.strong}</b>
        {shelf.rest}
      </span>
      {shelf.act && <LineAct act={shelf.act} className="btn quiet small end" />}
    </div>
  );
}

function NameHint({ id, refused }: { id: string; refused: string | null }) {
  return (
    <p className={refused ? "hint bad" : "hint"} id={id} role={refused ? "alert" : undefined}>
      {refused && <CircleAlert className="icon s" />}
      <span>{refused ?? "No account, no email. This browser keeps your name."}</span>
    </p>
  );
}
