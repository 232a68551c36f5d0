import { expect } from "bun:test";
import type { MessageShown } from "@parley/server/gateways/dialects/direct/table";
import { checkAnswer } from "./documents.ts";
import { OldClient } from "./old-client.ts";

const DOCUMENTED = /^\/(messages\/|messages\/\d+\/read|messages\/conversations\/-?\d+|ws\/online-users)$/;
const NAIVE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;
/** A time as the dialect tells it. */
export const time = expect.stringMatching(NAIVE);

export interface Answered<T> {
  status: number;
  body: T;
  headers: Headers;
}

/** A server as clients of `direct` use it: numbers that connect, and HTTP without or with a token. */
export class DirectSite {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Connects as this number, and hears that it did. */
  async enter(id: number | string, token?: string): Promise<OldClient> {
    const client = await OldClient.open(`${this.url}/ws/${id}${token === undefined ? "" : `?token=${token}`}`);
    expect(await client.json()).toEqual({ type: "connection_established", user_id: Number(id), timestamp: time });
    return client;
  }

  /** These numbers exist from now on. */
  async known(...ids: number[]): Promise<void> {
    for (const id of ids) await (await this.enter(id)).leave();
  }

  /** One request; every answer is held to the documents. */
  async ask<T = { detail: unknown }>(
    method: string,
    path: string,
    { token, body }: { token?: string; body?: unknown } = {},
  ): Promise<Answered<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const answer = await response.json();
    // The documents know what there is, and numbers in one spelling.
    const isKnown = DOCUMENTED.test(path.split("?")[0] ?? "") && response.status !== 405;
    if (isKnown) checkAnswer(method, path, response, answer);
    return { status: response.status, body: answer as T, headers: response.headers };
  }

  /** Says something over HTTP that must not be refused. */
  async said(body: object, token?: string): Promise<MessageShown> {
    const answer = await this.ask<MessageShown>("POST", "/messages/", { body, ...(token !== undefined && { token }) });
    expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
    return answer.body;
  }

  /** What two people said to each other, the newest first. */
  async between(one: number, other: number, more = ""): Promise<MessageShown[]> {
    return (await this.ask<MessageShown[]>("GET", `/messages/?user1_id=${one}&user2_id=${other}${more}`)).body;
  }
}
