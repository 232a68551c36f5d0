import type { Conversation } from "@parley/client/views";
import type { ConversationId } from "@parley/protocol/ids";
import { useEffect, useState } from "react";
import { openDialog } from "../dialogs/open.ts";
import { useChat, useClient, useMe } from "../session.tsx";
import { absence } from "../words/refusals.ts";
import { counted } from "../words/times.ts";
import { Halves } from "./empty.tsx";
import { BackButton } from "./head.tsx";

/** What stands beside the list when no conversation is open. */
export function NothingOpen() {
  const me = useMe();
  return (
    <section className="talk" aria-label="Conversation">
      <div className="log">
        <div className="empty">
          <Halves />
          <h2>
            You are in, <bdi>{me.name}</bdi>
          </h2>
          <p>Open a room that is here, or make one and send its link to others.</p>
          <div className="acts">
            <button type="button" className="btn primary" onClick={() => openDialog({ is: "browse_rooms" })}>
              Find a room
            </button>
            <button type="button" className="btn" onClick={() => openDialog({ is: "create_room" })}>
              Create a room
            </button>
          </div>
        </div>
      </div>
    </section>
  );
}

/** A conversation that a link leads to and that one is not in: its name where one may read it, and the way in. */
export function Elsewhere({ id }: { id: ConversationId }) {
  const client = useClient();
  const live = useChat((client) => client.line.is === "live");
  const [found, setFound] = useState<Conversation | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  useEffect(() => {
    if (!live) return;
    client.call("follow", { conversation: id }).then(
      (answer) => setFound(answer.conversation),
      (error) => setRefused(absence(error)),
    );
  }, [client, id, live]);
  const join = () => {
    client.join(id).catch((error) => setRefused(absence(error)));
  };
  return (
    <section className="talk" aria-label="Conversation">
      <header className="head">
        <BackButton except={null} />
      </header>
      <div className="log">
        {found && !refused && <Invitation found={found} onJoin={join} />}
        {refused && <NotHere why={refused} />}
      </div>
    </section>
  );
}

function Invitation({ found, onJoin }: { found: Conversation; onJoin: () => void }) {
  return (
    <div className="empty">
      <Halves />
      <h2>
        #<bdi>{found.name}</bdi>
      </h2>
      <p dir="auto">{found.topic || counted(found.members, "member")}</p>
      <div className="acts">
        <button type="button" className="btn primary" onClick={onJoin}>
          Join
        </button>
      </div>
    </div>
  );
}

function NotHere({ why }: { why: string }) {
  return (
    <div className="empty">
      <Halves />
      <h2>Nothing here for you</h2>
      <p>{why}</p>
      <div className="acts">
        <button type="button" className="btn primary" onClick={() => openDialog({ is: "browse_rooms" })}>
          Find a room
        </button>
      </div>
    </div>
  );
}
