import type { UserId } from "@parley/protocol/ids";
import CircleDashed from "lucide-react/icons/circle-dashed";
import History from "lucide-react/icons/history";
import Pencil from "lucide-react/icons/pencil";
import Unplug from "lucide-react/icons/unplug";
import X from "lucide-react/icons/x";
import { LineAct } from "../parts/line-act.tsx";
import { useNow } from "../parts/now.ts";
import { useChat, usePerson } from "../session.tsx";
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

/** Who reads along when somebody writes to an open name. Nothing where the other person is somebody for certain. */
export function OpenShelf({ partner }: { partner: UserId | null }) {
  const person = usePerson(partner);
  if (!person?.open) return null;
  return (
    <div className="shelf unclaimed">
      <CircleDashed className="icon" />
      <span>
        <b>
          Anyone can be <bdi>{person.name}</bdi>.
        </b>{" "}
        Nobody has claimed this name: whoever uses it next may read what you write here.
      </span>
    </div>
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
