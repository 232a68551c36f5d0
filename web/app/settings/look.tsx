import { type ReactNode, useId, useState } from "react";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "../theme.ts";

/** The themes to choose from, each drawn small in its own colours. A choice is shown at once. */
export function Look() {
  const name = useId();
  const [chosen, setChosen] = useState(chosenTheme);
  const choose = (theme: Theme | null) => {
    chooseTheme(theme);
    setChosen(theme);
  };
  return (
    <fieldset className="looks">
      <legend className="label">Look</legend>
      <Choice
        name={name}
        title="Like the system"
        about="Light or dark"
        checked={chosen === null}
        onPick={() => choose(null)}
      >
        <Drawn theme="nord-dark" />
        <Drawn theme="nord-light" />
      </Choice>
      {THEMES.map(({ id, name: title, about }) => (
        <Choice key={id} name={name} title={title} about={about} checked={chosen === id} onPick={() => choose(id)}>
          <Drawn theme={id} />
        </Choice>
      ))}
    </fieldset>
  );
}

interface ChoiceProps {
  /** What the choices of one question have in common. */
  name: string;
  title: string;
  about: string;
  checked: boolean;
  onPick: () => void;
  children: ReactNode;
}

function Choice({ name, title, about, checked, onPick, children }: ChoiceProps) {
  return (
    <label className="look">
      <span className="drawing" aria-hidden="true">
        {children}
      </span>
      <span className="about">
        <input className="radio" type="radio" name={name} checked={checked} onChange={onPick} />
        <b>{title}</b>
        <span className="hint">{about}</span>
      </span>
    </label>
  );
}

/** The app, a thumb wide. */
function Drawn({ theme }: { theme: Theme }) {
  return (
    <span className="drawn-app" data-theme={theme}>
      <span className="list">
        <i />
        <i className="here" />
        <i />
        <i className="live" />
      </span>
      <span className="said">
        <i className="who" />
        <i />
        <i className="short" />
        <i className="send" />
      </span>
    </span>
  );
}
