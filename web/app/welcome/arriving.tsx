import { LineAct } from "../parts/line-act.tsx";
import { Mark } from "../parts/mark.tsx";
import { useNow } from "../parts/now.ts";
import { useChat } from "../session.tsx";
import { lineShelf, lineStatus } from "../words/connection.ts";

/** Between opening the page and the first word of the server. */
export function Arriving() {
  const line = useChat((client) => client.line);
  const now = useNow(line.is === "waiting", 250);
  const shelf = lineShelf(line, 0, now);
  return (
    <main className="arriving">
      <Mark />
      <p className="fact" role="status">
        {lineStatus(line, now)}
      </p>
      {shelf?.act && <LineAct act={shelf.act} className="btn" />}
    </main>
  );
}
