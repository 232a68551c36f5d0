import Settings from "lucide-react/icons/settings";
import { useEffect, useRef } from "react";
import { openDialog } from "../dialogs/open.ts";
import { Avatar } from "../parts/avatar.tsx";
import { useNow } from "../parts/now.ts";
import { useChat, useMe } from "../session.tsx";
import { caughtUpPart, lineStatus } from "../words/connection.ts";

/** The line, oneself, and the settings. */
export function Self() {
  const me = useMe();
  const live = useChat((client) => client.line.is === "live");
  return (
    <footer className="self">
      <LineMark />
      <div className="who">
        <Avatar user={me.id} size="m" here={live} />
        <div className="two">
          <b className="cut">
            <bdi>{me.name}</bdi>
          </b>
          <LineStatus />
        </div>
        <SettingsButton />
      </div>
    </footer>
  );
}

/** What is true of the line, in words. The countdown is not read aloud at every second. */
function LineStatus() {
  const line = useChat((client) => client.line);
  const now = useNow(line.is === "waiting", 250);
  const words = lineStatus(line, now);
  return (
    <>
      <span className="fact cut" aria-hidden={line.is === "waiting"}>
        {words}
      </span>
      <span className="visually-hidden" role="status">
        {line.is === "waiting" ? "Offline" : line.is === "catching_up" ? "Catching up" : words}
      </span>
    </>
  );
}

/** The line itself: as long as the part that is certain, dashed where it is not. */
export function LineMark() {
  const part = useCaughtUp();
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    ref.current?.style.setProperty("--part", `${Math.round(part * 100)}%`);
  }, [part]);
  return <div className="line" ref={ref} />;
}

function useCaughtUp(): number {
  const line = useChat((client) => client.line);
  const most = useRef(0);
  const behind = line.is === "catching_up" ? line.behind : 0;
  most.current = line.is === "catching_up" ? Math.max(most.current, behind) : 0;
  return caughtUpPart(behind, most.current);
}

function SettingsButton() {
  return (
    <button
      type="button"
      className="icon-btn"
      title="You and settings"
      aria-label="You and settings"
      aria-haspopup="dialog"
      onClick={() => openDialog({ is: "settings" })}
    >
      <Settings className="icon" />
    </button>
  );
}
