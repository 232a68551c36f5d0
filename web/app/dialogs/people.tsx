import type { Person } from "@parley/client/views";
import type { ConversationId, UserId } from "@parley/protocol/ids";
import { type ReactNode, useState } from "react";
import { useConversation, useName } from "../conversation/known.ts";
import { useMembers } from "../conversation/members.ts";
import { Avatar, OpenMark } from "../parts/avatar.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { SearchField } from "../parts/search-field.tsx";
import { say } from "../parts/toasts.tsx";
import { goTo } from "../route.ts";
import { useClient, useMe } from "../session.tsx";
import { refusal } from "../words/refusals.ts";
import { counted } from "../words/times.ts";
import { Buttons } from "./buttons.tsx";
import { answers, type Found, offered, useFoundPeople } from "./found-people.ts";
import { useKnownPeople } from "./known-people.ts";
import { closeDialog } from "./open.ts";

/** Begins a conversation: with one person directly, with several as a group. */
export function StartConversation() {
  const client = useClient();
  async function start(people: readonly UserId[]) {
    const [only] = people;
    if (only === undefined) return null;
    const opened = people.length === 1 ? await client.openDirect(only) : await client.createGroup(people);
    return opened.id;
  }
  return (
    <PickPeople
      title="Start a conversation"
      act={(count) => (count > 1 ? `Start a group of ${count + 1}` : "Start")}
      failed="The conversation was not started"
      run={start}
    />
  );
}

/** Adds people to a room or a group. */
export function AddPeople({ conversation }: { conversation: ConversationId }) {
  const view = useConversation(conversation);
  return view ? <AddPeopleTo view={view} /> : null;
}

function AddPeopleTo({ view }: { view: NonNullable<ReturnType<typeof useConversation>> }) {
  const client = useClient();
  const name = useName(view);
  const { members } = useMembers(view.id, view.members);
  const without = members.map((member) => member.user);
  async function add(people: readonly UserId[]) {
    for (const user of people) await client.call("add_member", { conversation: view.id, user });
    return null;
  }
  return (
    <PickPeople
      title={`Add people to ${name}`}
      act={(count) => (count > 0 ? `Add ${counted(count, "person", "people")}` : "Add")}
      failed="Not everybody was added"
      run={add}
      without={without}
    />
  );
}

interface PickPeopleProps {
  title: string;
  act: (count: number) => string;
  failed: string;
  /** What is to be shown afterwards, if anything. */
  run: (people: readonly UserId[]) => Promise<ConversationId | null>;
  without?: readonly UserId[];
}

function PickPeople({ title, act, failed, run, without = [] }: PickPeopleProps) {
  const [picked, setPicked] = useState<readonly UserId[]>([]);
  const [busy, setBusy] = useState(false);

  async function go() {
    if (picked.length === 0) return;
    setBusy(true);
    try {
      const show = await run(picked);
      closeDialog();
      if (show !== null) goTo(show);
    } catch (error) {
      say({ mood: "bad", title: failed, text: refusal(error) });
      setBusy(false);
    }
  }

  return (
    <Dialog
      title={title}
      onClose={closeDialog}
      onSubmit={go}
      footer={<Buttons act={act(picked.length)} disabled={busy || picked.length === 0} />}
    >
      <PeopleList without={without} picked={picked} setPicked={setPicked} />
    </Dialog>
  );
}

interface PeopleListProps {
  without: readonly UserId[];
  picked: readonly UserId[];
  setPicked: (picked: readonly UserId[]) => void;
}

function PeopleList({ without, picked, setPicked }: PeopleListProps) {
  const [query, setQuery] = useState("");
  const me = useMe();
  const found = useFoundPeople(query);
  const known = useKnownPeople() ?? [];
  const shown = offered(known, found, query).filter(({ id }) => id !== me.id && !without.includes(id));
  const toggle = (user: UserId) =>
    setPicked(picked.includes(user) ? picked.filter((one) => one !== user) : [...picked, user]);
  return (
    <>
      <SearchField label="Find a person" query={query} setQuery={setQuery} />
      <ul className="listing" aria-label="People">
        {shown.map((person) => (
          <li key={person.id}>
            <Pick person={person} checked={picked.includes(person.id)} toggle={() => toggle(person.id)} />
          </li>
        ))}
      </ul>
      {answers(found, query) && <Rest found={found} shown={shown.length} typed={query.trim()} />}
    </>
  );
}

function Pick({ person, checked, toggle }: { person: Person; checked: boolean; toggle: () => void }) {
  return (
    <label className="listed pick">
      <Avatar user={person.id} size="m" />
      <span className="two">
        <span className="name cut">
          <bdi>{person.name}</bdi>
        </span>
        {person.handle && <span className="fact cut">@{person.handle}</span>}
      </span>
      <OpenMark user={person.id} />
      <input className="box" type="checkbox" checked={checked} onChange={toggle} />
    </label>
  );
}

/** What the list does not say. */
function Rest({ found, shown, typed }: { found: Found; shown: number; typed: string }): ReactNode {
  if (shown > 0 && !found.more) return null;
  if (shown > 0)
    return <p className="hint">There are more people here. Type {typed ? "more of the name" : "a part of a name"}.</p>;
  return (
    <p className="hint">
      {typed ? `Nobody here is called “${typed}”.` : "Nobody else is here yet. Send them the address of this page."}
    </p>
  );
}
