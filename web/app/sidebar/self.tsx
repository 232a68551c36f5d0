import LogOut from "lucide-react/icons/log-out";
import Settings from "lucide-react/icons/settings";
import { useEffect, useRef, useState } from "react";
import { openDialog } from "../dialogs/open.ts";
import { Avatar } from "../parts/avatar.tsx";
import { type Anchor, Menu, MenuChoice, MenuItem } from "../parts/menu.tsx";
import { useNow } from "../parts/now.ts";
import { useChat, useMe } from "../session.tsx";
import { chooseTheme, chosenTheme, THEMES } from "../theme.ts";
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
  const [anchor, setAnchor] = useState<Anchor | null>(null);
  const close = () => setAnchor(null);
  return (
    <>
      <button
        type="button"
        className="icon-btn"
        title="You and settings"
        aria-label="You and settings"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget.getBoundingClientRect())}
      >
        <Settings className="icon" />
      </button>
      {anchor && <SettingsMenu anchor={anchor} onClose={close} />}
    </>
  );
}

function SettingsMenu({ anchor, onClose }: { anchor: Anchor; onClose: () => void }) {
  const me = useMe();
  const chosen = chosenTheme();
  return (
    <Menu anchor={anchor} label="You and settings" onClose={onClose}>
      <div className="you" role="presentation">
        <Avatar user={me.id} size="m" />
        <span>
          <b>
            <bdi>{me.name}</bdi>
          </b>
          <span className="fact">@{me.handle}</span>
        </span>
      </div>
      <hr />
      <MenuChoice checked={chosen === null} onPick={() => chooseTheme(null)}>
        Like the system
      </MenuChoice>
      {THEMES.map((theme) => (
        <MenuChoice key={theme.id} checked={chosen === theme.id} onPick={() => chooseTheme(theme.id)}>
          {theme.name}
        </MenuChoice>
      ))}
      <hr />
      <MenuItem icon={LogOut} danger onPick={() => openDialog({ is: "sign_out" })}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
