import History from "lucide-react/icons/history";
import Pencil from "lucide-react/icons/pencil";
import Unplug from "lucide-react/icons/unplug";
import X from "lucide-react/icons/x";
import { LineAct } from "../parts/line-act.tsx";
import { useNow } from "../parts/now.ts";
import { useChat } from "../session.tsx";
import { LineMark } from "../sidebar/self.tsx";
import { lineShelf, lineStyle } from "../words/connection.ts";

/** What the line means for somebody who writes, above the field. */
export function LineShelf({ waiting }: { waiting: number }) {
  const line = useChat((client) => client.line);
  const now = useNow(line.is === "waiting", 250);
  const shelf = lineShelf(line, waiting, now);
  if (!shelf) return null;
  const off = lineStyle(line) === "off";
  const Icon = off ? Unplug : History;
  return (
    <>
      <LineMark />
      <div className={off ? "shelf off" : "shelf"}>
        <Icon className="icon" />
        <span>
          <b>{shelf.strong}</b>
          {shelf.rest}
        </span>
        {shelf.act && <LineAct act={shelf.act} className="btn quiet small end" />}
      </div>
    </>
  );
}

/** Which message the field changes now. */
export function EditShelf({ onCancel }: { onCancel: () => void }) {
  return (
    <div className="shelf edit">
      <Pencil className="icon s" />
      <span className="cut">
        Editing <b>your message</b>
      </span>
      <button type="button" className="icon-btn small end" aria-label="Do not edit" onClick={onCancel}>
        <X className="icon s" />
      </button>
    </div>
  );
}
