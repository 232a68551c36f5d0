import Check from "lucide-react/icons/check";
import CircleAlert from "lucide-react/icons/circle-alert";
import X from "lucide-react/icons/x";
import { useEffect, useSyncExternalStore } from "react";

/** A short word about something that just happened. A bad one stays until it is closed. */
export interface Toast {
  id: number;
  mood: "good" | "bad";
  title: string;
  text?: string;
  act?: { name: string; run: () => void };
}

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const changed of listeners) changed();
}

/** Says something. The same title is not shown twice at once. */
export function say(toast: Omit<Toast, "id">): void {
  change([...toasts.filter((other) => other.title !== toast.title), { ...toast, id: ++lastId }]);
}

function dismiss(id: number): void {
  change(toasts.filter((toast) => toast.id !== id));
}

function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}

const STAYS = 5000;

/** The toasts, top right under the header. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts">
      {shown.map((toast) => (
        <OneToast key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function OneToast({ toast }: { toast: Toast }) {
  const { id, mood, title, text, act } = toast;
  useEffect(() => {
    if (mood === "bad") return;
    const timer = setTimeout(() => dismiss(id), STAYS);
    return () => clearTimeout(timer);
  }, [id, mood]);
  const Icon = mood === "bad" ? CircleAlert : Check;
  return (
    <div className={`toast ${mood}`} role={mood === "bad" ? "alert" : "status"}>
      <Icon className="icon" />
      <div>
        <strong>{title}</strong>
        {text && <p>{text}</p>}
        {act && (
          <div className="acts">
            <button
              type="button"
              className="link-btn"
              onClick={() => {
                dismiss(id);
                act.run();
              }}
            >
              {act.name}
            </button>
          </div>
        )}
      </div>
      <button type="button" className="icon-btn small" aria-label="Close" onClick={() => dismiss(id)}>
        <X className="icon s" />
      </button>
    </div>
  );
}
