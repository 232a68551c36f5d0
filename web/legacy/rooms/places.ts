import { button, element, nameOf, oneField } from "../element.ts";
import { Talk } from "../talk.ts";
import { deleteRoom, earlier, makeRoom, type Room, rooms } from "./api.ts";
import { speech } from "./speech.ts";

/** The rooms, to make, enter and delete them. */
export class Places {
  readonly #place: Element;
  readonly #me: string;
  readonly #list = element("ul", { class: "listing", "aria-label": "Rooms" });
  readonly #trouble = element("p", { class: "hint bad", role: "alert" });

  constructor(place: Element, me: string) {
    this.#place = place;
    this.#me = me;
  }

  show(): void {
    const make = oneField({ label: "Make a room", button: "Make", most: 100, act: (name) => this.#make(name) });
    this.#place.replaceChildren(element("div", { class: "rooms" }, make, this.#trouble, this.#list));
    this.#act(() => this.#refresh());
  }

  async #refresh(): Promise<void> {
    const all = await rooms();
    const none = element("li", { class: "hint" }, "No rooms yet.");
    this.#list.replaceChildren(...(all.length > 0 ? all.map((room) => this.#row(room)) : [none]));
  }

  #row(room: Room): HTMLElement {
    const remove = button("Delete", () => this.#act(() => this.#remove(room)), "btn small");
    const enter = button("Enter", () => this.#enter(room), "btn primary small");
    enter.setAttribute("aria-label", `Enter ${room.name}`);
    remove.setAttribute("aria-label", `Delete ${room.name}`);
    return element("li", {}, element("b", { class: "name cut" }, nameOf(room.name)), enter, remove);
  }

  #make(name: string): void {
    this.#act(async () => this.#enter(await makeRoom(name)));
  }

  async #remove(room: Room): Promise<void> {
    await deleteRoom(room);
    await this.#refresh();
  }

  #enter(room: Room): void {
    const username = encodeURIComponent(this.#me);
    const path = `/dialects/rooms/ws/chat/${room.id}?username=${username}`;
    const parts = { title: room.name, me: this.#me, path, speech, history: () => earlier(room) };
    const talk = new Talk({ ...parts, left: () => this.show() });
    this.#place.replaceChildren(talk.node);
    talk.focus();
  }

  /** Does something, and says where it could not be done. */
  #act(deed: () => Promise<void>): void {
    this.#trouble.textContent = "";
    deed().catch((error: Error) => {
      this.#trouble.textContent = error.message;
    });
  }
}
