import type { ConversationView } from "@parley/client/views";
import type { Message } from "@parley/protocol/messages";
import ArrowUp from "lucide-react/icons/arrow-up";
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { say } from "../parts/toasts.tsx";
import { useChat, useClient } from "../session.tsx";
import { calledInText } from "../words/conversations.ts";
import { refusal } from "../words/refusals.ts";
import { figure } from "../words/times.ts";
import { useDrafts, useName } from "./known.ts";
import { MentionList, type Offer, useOffer } from "./mention-list.tsx";
import { EditShelf, LineShelf, OpenShelf } from "./shelf.tsx";

/** What others may ask of the field. */
export interface ComposerHandle {
  focus(): void;
  /** Puts text into the field, above what is there. */
  put(text: string): void;
}

interface ComposerProps {
  ref: Ref<ComposerHandle>;
  view: ConversationView;
  silent: boolean;
  editing: Message | null;
  setEditing: (message: Message | null) => void;
  /** The arrow upwards in an empty field. */
  onEditLast: () => void;
  onEscape: () => void;
  onPosted: () => void;
}

/** Where one writes. It grows, keeps a draft, and stays open whatever the line does. */
export function Composer(props: ComposerProps) {
  const { ref, view, editing, setEditing } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useText(view, editing);
  const tall = useGrowth(field, text);
  const submit = useSubmit(props, text, setText);
  const offer = useOffer(view, field, text, setText);
  const limit = useChat((client) => client.limits.text);
  const over = [...text].length - limit;

  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    put(more) {
      setText(text.trim() ? `${more}\n${text}` : more);
      field.current?.focus();
    },
  }));
  useEffect(() => {
    if (editing) field.current?.focus();
  }, [editing]);

  return (
    <div className="writing">
      <MentionList offer={offer} />
      <div className={tall ? "composer is-tall" : "composer"}>
        <OpenShelf partner={view.partner} />
        {editing ? <EditShelf onCancel={() => setEditing(null)} /> : <LineShelf waiting={view.waiting} />}
        {over > 0 && <OverLimit over={over} limit={limit} />}
        <div className="write">
          <Field field={field} text={text} setText={setText} submit={submit} offer={offer} {...props} />
          <SendButton name={editing ? "Save" : "Send"} disabled={text.trim() === "" || over > 0} onClick={submit} />
        </div>
      </div>
    </div>
  );
}

function OverLimit({ over, limit }: { over: number; limit: number }) {
  return (
    <p className="shelf over" role="alert">
      {figure(over)} characters too many. {figure(limit)} is the limit here.
    </p>
  );
}

function SendButton({ name, disabled, onClick }: { name: string; disabled: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      className="icon-btn send"
      title={name}
      aria-label={name}
      disabled={disabled}
      onClick={onClick}
    >
      <ArrowUp className="icon l" />
    </button>
  );
}

interface FieldProps extends ComposerProps {
  field: Ref<HTMLTextAreaElement>;
  text: string;
  setText: (text: string) => void;
  submit: () => void;
  offer: Offer;
}

function Field({
  field,
  text,
  setText,
  submit,
  offer,
  view,
  silent,
  editing,
  setEditing,
  onEditLast,
  onEscape,
}: FieldProps) {
  const client = useClient();
  const words = useWords(view, silent);

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || offer.onKeyDown(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === "ArrowUp" && text === "" && !editing) {
      event.preventDefault();
      onEditLast();
    } else if (event.key === "Escape") {
      if (editing) setEditing(null);
      else onEscape();
    }
  }

  return (
    <textarea
      ref={field}
      rows={1}
      dir="auto"
      enterKeyHint="send"
      aria-label={words.label}
      placeholder={words.placeholder}
      value={text}
      aria-autocomplete="list"
      aria-controls={offer.current && offer.id}
      aria-activedescendant={offer.current && `${offer.id}-${offer.current.id}`}
      onKeyDown={onKeyDown}
      onSelect={(event) => offer.onCaret(event.currentTarget.selectionStart)}
      onChange={(event) => {
        setText(event.target.value);
        if (!editing) client.typing(view.id, event.target.value.trim() !== "");
      }}
    />
  );
}

function useWords(view: ConversationView, silent: boolean): { label: string; placeholder: string } {
  const name = useName(view);
  const off = useChat(({ line }) => line.is === "waiting" || line.is === "offline");
  const label = `Message ${calledInText(view, name)}`;
  if (off) return { label, placeholder: "Keep writing, it will wait" };
  return { label, placeholder: silent ? "Say the first thing" : label };
}

/** The text in the field: a kept draft, or the message being edited. */
function useText(view: ConversationView, editing: Message | null): [string, (text: string) => void] {
  const drafts = useDrafts();
  const [draft, setDraft] = useState(() => drafts.read(view.id));
  const [edited, setEdited] = useState("");
  const target = editing?.id;
  const was = useRef<number | undefined>(undefined);
  if (was.current !== target) {
    was.current = target;
    if (editing) setEdited(editing.text ?? "");
  }
  if (editing) return [edited, setEdited];
  return [
    draft,
    (text) => {
      setDraft(text);
      drafts.write(view.id, text);
    },
  ];
}

const GROWS = globalThis.CSS?.supports?.("field-sizing", "content") ?? false;
/** Higher than this is more than one line. */
const ONE_LINE = 50;

/** Grows the field with its text where the browser does not, and tells whether it has several lines. */
function useGrowth(field: { current: HTMLTextAreaElement | null }, text: string): boolean {
  const [tall, setTall] = useState(false);
  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    if (!GROWS) {
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight}px`;
    }
    setTall((was) => text.includes("\n") || (was ? text.length > 24 : area.scrollHeight > ONE_LINE));
  }, [text, field]);
  return tall;
}

/** Posts the text, or saves the edit. */
function useSubmit(props: ComposerProps, text: string, setText: (text: string) => void): () => void {
  const client = useClient();
  const { view, editing, setEditing, onPosted } = props;

  function save(message: Message, words: string) {
    setEditing(null);
    if (words === message.text) return;
    client.edit(view.id, message.seq, words).catch((error) => {
      say({
        mood: "bad",
        title: "That edit was not saved",
        text: `${refusal(error)} Your words are still here.`,
        act: { name: "Post as new", run: () => void client.post(view.id, words).sent.catch(() => {}) },
      });
    });
  }

  return () => {
    const words = text.replace(/^\s*\n|\s+$/gu, "");
    if (words.trim() === "" || [...words].length > client.limits.text) return;
    if (editing) return save(editing, words);
    setText("");
    client.typing(view.id, false);
    client.post(view.id, words).sent.catch(() => {});
    onPosted();
  };
}
