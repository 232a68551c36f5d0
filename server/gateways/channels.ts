import type { ConversationId } from "@parley/protocol/ids";
import { Channel, type ChannelParts, type RoomCodec } from "./channel.ts";

/** The channels of one dialect on this node: one for each room in which it has a socket. */
export class Channels {
  readonly #parts: ChannelParts;
  readonly #codec: RoomCodec;
  readonly #open = new Map<ConversationId, { channel: Channel; opening: Promise<void> }>();

  constructor(parts: ChannelParts, codec: RoomCodec) {
    this.#parts = parts;
    this.#codec = codec;
  }

  /** The channel of a room, in which a guest is expected. Throws `not_found` or `gone`. */
  async open(conversation: ConversationId): Promise<Channel> {
    const { channel, opening } = this.#open.get(conversation) ?? this.#start(conversation);
    channel.expect();
    await opening;
    return channel;
  }

  /** The channel of a room, where somebody is in it or about to be. */
  get(conversation: ConversationId): Channel | undefined {
    return this.#open.get(conversation)?.channel;
  }

  #start(conversation: ConversationId): { channel: Channel; opening: Promise<void> } {
    const forget = () => {
      if (this.#open.get(conversation)?.channel === channel) this.#open.delete(conversation);
    };
    const channel: Channel = new Channel(this.#parts, this.#codec, conversation, forget);
    const opening = channel.open().catch((error) => {
      forget();
      throw error;
    });
    const open = { channel, opening };
    this.#open.set(conversation, open);
    return open;
  }
}
