import type { ConversationView } from "@parley/client/views";
import { openDialog } from "../dialogs/open.ts";
import { copy } from "../parts/copy.ts";
import { pathTo } from "../route.ts";
import { useMe, usePerson } from "../session.tsx";
import { shortName } from "../words/names.ts";
import { ago } from "../words/times.ts";
import { useName } from "./known.ts";

/** Two halves of one talk; the second is dashed, because that side has not spoken yet. */
export function Halves() {
  return (
    <svg className="drawn" viewBox="0 0 132 96" aria-hidden="true">
      <path d="M14 43a22 22 0 0 1 22-22h24v44H18a4 4 0 0 1-4-4z" />
      <path className="open" d="M118 53a22 22 0 0 1-22 22H72V31h42a4 4 0 0 1 4 4z" />
    </svg>
  );
}

/** A conversation in which nobody has said anything yet. */
export function EmptyConversation({ view }: { view: ConversationView }) {
  return (
    <div className="empty">
      <Halves />
      <h3>Nobody has said anything yet</h3>
      {view.kind === "room" ? <AboutRoom view={view} /> : <AboutPeople view={view} />}
    </div>
  );
}

function AboutRoom({ view }: { view: ConversationView }) {
  const me = useMe();
  const open = view.visibility === "public";
  return (
    <>
      <p>
        {view.owner === me.id ? "You made " : "This is "}
        <strong>
          #<bdi>{view.name}</bdi>
        </strong>
        {view.owner === me.id && ` ${ago(view.created, Date.now())}`}.{" "}
        {open
          ? "It\u00a0is\u00a0open: everyone here can find it and read along."
          : "Only people who were invited know of it."}
      </p>
      <div className="acts">
        {open ? (
          <button
            type="button"
            className="btn primary"
            onClick={() => copy(location.origin + pathTo(view.id), "Link copied. Send it to whom you like")}
          >
            Copy the link
          </button>
        ) : (
          <button
            type="button"
            className="btn primary"
            onClick={() => openDialog({ is: "add_people", conversation: view.id })}
          >
            Invite people
          </button>
        )}
      </div>
    </>
  );
}

function AboutPeople({ view }: { view: ConversationView }) {
  const name = useName(view);
  const who = view.kind === "direct" ? shortName(name) : name;
  const open = usePerson(view.partner)?.open;
  return (
    <p>
      This is between you and <bdi>{who}</bdi>.{!open && " Nobody else can read it."}
    </p>
  );
}
