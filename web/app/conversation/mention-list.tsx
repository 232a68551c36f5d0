import type { ConversationView, Person } from "@parley/client/views";
import { type KeyboardEvent, type RefObject, useId, useLayoutEffect, useRef, useState } from "react";
import { Avatar } from "../parts/avatar.tsx";
import { useClient, useMe } from "../session.tsx";
import { useMembers } from "./members.ts";
import { listKey, meant, mentioningAt, writeOut } from "./mentioning.ts";

/** Who is offered while a mention is being written in the field. */
export interface Offer {
  id: string;
  people: readonly Person[];
  current: Person | undefined;
  pick(person: Person): void;
  /** True where the key was meant for the list. */
  onKeyDown(event: KeyboardEvent): boolean;
  /** To be called with where the caret is, whenever it may have moved. */
  onCaret(caret: number): void;
}

type Field = RefObject<HTMLTextAreaElement | null>;

/** Offers the members of the conversation while an `@` is being written. */
export function useOffer(view: ConversationView, field: Field, text: string, setText: (text: string) => void): Offer {
  const id = useId();
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [dismissed, setDismissed] = useState<number | null>(null);
  const moveTo = useCaret(field, text);
  const mentioning = mentioningAt(text, caret);
  const open = mentioning !== null && mentioning.from !== dismissed;
  const people = usePeopleOf(view, open, mentioning?.query ?? "");
  const current = people[Math.min(at, people.length - 1)];

  function pick(person: Person) {
    if (!mentioning) return;
    const written = writeOut(text, mentioning, person.handle);
    moveTo(written.caret);
    setText(written.text);
    setCaret(written.caret);
  }

  function onKeyDown(event: KeyboardEvent): boolean {
    const act = people.length > 0 && !event.shiftKey ? listKey(event.key, at, people.length) : null;
    if (act === null) return false;
    event.preventDefault();
    if (typeof act === "number") setAt(act);
    else if (act === "dismiss") setDismissed(mentioning?.from ?? null);
    else if (current) pick(current);
    return true;
  }

  function onCaret(next: number) {
    setCaret(next);
    setAt(0);
  }

  return { id, people, current, pick, onKeyDown, onCaret };
}

/** Puts the caret somewhere once the field shows the text that it belongs to. */
function useCaret(field: Field, text: string): (caret: number) => void {
  const wanted = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the field must show the new text first
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    field.current?.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
  }, [text, field]);
  return (caret) => {
    wanted.current = caret;
  };
}

const NOBODY: readonly Person[] = [];

function usePeopleOf(view: ConversationView, open: boolean, query: string): readonly Person[] {
  const client = useClient();
  const me = useMe();
  const { members } = useMembers(view.id, view.members, open);
  if (!open) return NOBODY;
  const people = members.flatMap((member) => client.person(member.user) ?? []);
  return meant(
    people.filter((person) => person.id !== me.id),
    query,
  );
}

/** The people on offer, above the field, which keeps the focus. */
export function MentionList({ offer }: { offer: Offer }) {
  if (offer.people.length === 0) return null;
  return (
    <div className="menu offer" role="listbox" aria-label="People" id={offer.id}>
      {offer.people.map((person) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
        <div
          key={person.id}
          className="item"
          role="option"
          id={`${offer.id}-${person.id}`}
          tabIndex={-1}
          aria-selected={person === offer.current}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => offer.pick(person)}
        >
          <Avatar user={person.id} size="s" />
          <bdi className="cut">{person.name}</bdi>
          <span className="fact">@{person.handle}</span>
        </div>
      ))}
    </div>
  );
}
