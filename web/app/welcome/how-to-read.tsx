import Check from "lucide-react/icons/check";
import CheckCheck from "lucide-react/icons/check-check";
import Clock from "lucide-react/icons/clock";

const STEPS = [
  {
    is: "waiting",
    icon: Clock,
    name: "Waits here",
    means: "No line, no matter. It goes out in this order when there is one.",
  },
  { is: "sent", icon: Check, name: "Sent", means: "It is on the disk of the server, and cannot get lost." },
  { is: "delivered", icon: CheckCheck, name: "Delivered", means: "It has reached the other side." },
  { is: "read", icon: CheckCheck, name: "Read", means: "The other side has seen it." },
] as const;

/** The way of a message, for somebody who sees its marks for the first time. */
export function HowToRead() {
  return (
    <section className="around" aria-labelledby="how-to-read">
      <div className="inner">
        <h2 id="how-to-read">Solid is kept, dashed is not here yet</h2>
        <ol className="way">
          {STEPS.map(({ is, icon: Icon, name, means }) => (
            <li key={is} className={is}>
              <span className="fact">
                <Icon className="icon xs" />
                {name}
              </span>
              <p>{means}</p>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
