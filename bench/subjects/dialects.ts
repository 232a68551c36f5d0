import { frame, handshake, MARKED, type Member, type Running, type Shape, type Subject } from "../subject.ts";
import { OwnParley, spelled } from "./parley.ts";

interface Dialect {
  readonly name: string;
  /** The shapes that it has words for. */
  readonly fits: (shape: Shape) => boolean;
  /** Its rooms are made before anybody comes. */
  readonly hasRooms?: true;
  readonly member: (n: number, room: number) => Omit<Member, "port">;
}

const oneRoom = ({ rooms }: Shape) => rooms === 1;

/** In all of them the server speaks first. */
const DIALECTS: readonly Dialect[] = [
  {
    name: "messenger",
    fits: oneRoom,
    member: (n) => ({
      steps: [{ ...handshake(`/dialects/messenger/ws/chat/${speaker(n)}`), until: " joined the chat" }],
      post: frame(MARKED),
    }),
  },
  {
    name: "broadcast",
    fits: oneRoom,
    member: (n) => ({
      steps: [{ ...handshake(`/dialects/broadcast/ws/${speaker(n)}`), until: '"user_joined"' }],
      post: frame(`{"message":"${MARKED}"}`),
    }),
  },
  {
    name: "rooms",
    fits: () => true,
    hasRooms: true,
    member: (n, room) => ({
      steps: [{ ...handshake(`/dialects/rooms/ws/chat/${room}?username=${speaker(n)}`), until: '"users_list"' }],
      post: frame(`{"type":"message","content":"${MARKED}"}`),
    }),
  },
  {
    name: "direct",
    fits: ({ members }) => members === 2,
    member: (n) => ({
      steps: [{ ...handshake(`/dialects/direct/ws/${number(n)}`), until: '"connection_established"' }],
      post: frame(`{"type":"message","recipient_id":${number(n ^ 1)},"message":"${MARKED}"}`),
      done: '"message_sent"',
    }),
  },
  {
    name: "plain",
    fits: oneRoom,
    member: (n) => ({
      steps: [{ ...handshake(`/dialects/plain/ws/${speaker(n)}`), until: " has joined the chat" }],
      post: frame(MARKED),
    }),
  },
];

/** Parley as old clients see it. */
export const dialects: readonly Subject[] = DIALECTS.map(({ name, fits, hasRooms, member }) => ({
  name: `parley/${name}`,
  about: `Parley spoken to in the ${name} dialect, every message durable first`,
  missing: async () => null,
  fits,
  async start({ rooms, members }: Shape, core): Promise<Running> {
    const own = await OwnParley.start(core);
    const ids = hasRooms ? await own.rooms(rooms) : [];
    return {
      pids: [own.pid],
      member: (n) => ({ port: own.port, ...member(n, ids[Math.floor(n / members)] ?? 0) }),
      stop: () => own.stop(),
    };
  },
}));

function speaker(n: number): string {
  return `Speaker-${spelled(n)}`;
}

/** Numbers that anybody may be. */
function number(n: number): number {
  return 1_000 + n;
}
