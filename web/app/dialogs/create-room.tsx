import CircleAlert from "lucide-react/icons/circle-alert";
import { useId, useState } from "react";
import { Dialog } from "../parts/dialog.tsx";
import { goTo } from "../route.ts";
import { useClient } from "../session.tsx";
import { refusal } from "../words/refusals.ts";
import { Buttons } from "./buttons.tsx";
import { closeDialog } from "./open.ts";

type Visibility = "public" | "private";

/** Makes a room and opens it. */
export function CreateRoom({ start }: { start: string }) {
  const client = useClient();
  const [name, setName] = useState(start);
  const [topic, setTopic] = useState("");
  const [visibility, setVisibility] = useState<Visibility>("public");
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function create() {
    if (!name.trim()) return setRefused("A room needs a name.");
    setBusy(true);
    setRefused(null);
    try {
      const about = topic.trim() ? { topic: topic.trim() } : {};
      const room = await client.createRoom({ name: name.trim(), visibility, ...about });
      closeDialog();
      goTo(room.id);
    } catch (error) {
      setRefused(refusal(error));
      setBusy(false);
    }
  }

  return (
    <Dialog
      title="Create a room"
      onClose={closeDialog}
      onSubmit={create}
      footer={<Buttons act="Create room" disabled={busy} />}
    >
      <NameField value={name} setValue={setName} refused={refused} />
      <TopicField value={topic} setValue={setTopic} />
      <WhoCanRead value={visibility} setValue={setVisibility} />
    </Dialog>
  );
}

interface FieldProps {
  value: string;
  setValue: (value: string) => void;
}

/** The name of a room, and why it cannot be had. */
export function NameField({ value, setValue, refused }: FieldProps & { refused: string | null }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Name</label>
      <input
        className="input"
        id={id}
        dir="auto"
        autoComplete="off"
        maxLength={400}
        value={value}
        onChange={(event) => setValue(event.target.value)}
        aria-invalid={refused !== null}
        aria-describedby={`${id}-hint`}
      />
      <p className={refused ? "hint bad" : "hint"} id={`${id}-hint`} role={refused ? "alert" : undefined}>
        {refused && <CircleAlert className="icon s" />}
        <span>{refused ?? "Short and lower case. It can be changed later, links keep working."}</span>
      </p>
    </div>
  );
}

function TopicField({ value, setValue }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>
        Topic <span className="hint">(optional)</span>
      </label>
      <input
        className="input"
        id={id}
        dir="auto"
        autoComplete="off"
        placeholder="What belongs here"
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
    </div>
  );
}

const CHOICES = [
  { value: "public", name: "Everyone here", hint: "Listed under all rooms. Guests can read, too." },
  { value: "private", name: "Only people I invite", hint: "For everyone else it does not exist." },
] as const;

function WhoCanRead({ value, setValue }: { value: Visibility; setValue: (value: Visibility) => void }) {
  const id = useId();
  return (
    <fieldset className="choice">
      <legend className="label">Who can read it</legend>
      {CHOICES.map((choice) => (
        <label key={choice.value}>
          <input
            className="radio"
            type="radio"
            name={id}
            checked={value === choice.value}
            onChange={() => setValue(choice.value)}
          />
          <b>{choice.name}</b>
          <span className="hint">{choice.hint}</span>
        </label>
      ))}
    </fieldset>
  );
}
