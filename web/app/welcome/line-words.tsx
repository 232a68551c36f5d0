import { LineAct } from "../parts/line-act.tsx";
import { useNow } from "../parts/now.ts";
import { useChat } from "../session.tsx";
import { lineShelf } from "../words/connection.ts";

/** What keeps one waiting at the door, where that is the line. */
export function LineWords() {
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
