/** What one error code means to a client: its HTTP status, whether the same request may succeed later, and a sentence. */
export interface ErrorMeaning {
  status: number;
  retry: boolean;
  title: string;
}

/** The closed list. Every refusal on every way in carries one of these codes. */
export const ERRORS = {
  not_json: { status: 400, retry: false, title: "This is not JSON." },
  bad_request: { status: 422, retry: false, title: "A field is missing or has the wrong type." },
  bad_frame: { status: 422, retry: false, title: "This is not a frame of the protocol." },
  unknown_command: { status: 422, retry: false, title: "There is no such command." },
  binary_frame: { status: 415, retry: false, title: "Only text frames are understood." },
  unsupported_media: { status: 415, retry: false, title: "The body must be application/json." },
  too_large: { status: 413, retry: false, title: "This is larger than the limit." },
  too_many: { status: 422, retry: false, title: "This is more than the limit allows." },
  unsupported_version: { status: 426, retry: false, title: "This version of the protocol is not spoken here." },
  hello_expected: { status: 401, retry: false, title: "The first frame must be hello." },
  not_authenticated: { status: 401, retry: false, title: "A token is needed." },
  bad_token: { status: 401, retry: false, title: "This token is not known." },
  bad_name: { status: 422, retry: false, title: "This cannot be a name." },
  name_taken: { status: 409, retry: false, title: "Somebody has this name." },
  wrong_password: { status: 403, retry: false, title: "Name and password do not belong together." },
  bad_password: { status: 422, retry: false, title: "This cannot be a password." },
  not_found: { status: 404, retry: false, title: "There is nothing here." },
  method_not_allowed: { status: 405, retry: false, title: "This method is not allowed here." },
  gone: { status: 410, retry: false, title: "This conversation was deleted." },
  not_member: { status: 403, retry: false, title: "Only members may do this." },
  blocked: { status: 403, retry: false, title: "One of you blocked the other: no messages pass between you." },
  forbidden: { status: 403, retry: false, title: "You may not do this." },
  text_empty: { status: 422, retry: false, title: "A message needs some text." },
  text_too_long: { status: 422, retry: false, title: "The text is longer than the limit." },
  bad_key: { status: 422, retry: false, title: "A key has 1 to 64 characters of A-Z a-z 0-9 _ . : -" },
  key_reused: { status: 409, retry: false, title: "This key was used for something else." },
  too_fast: { status: 429, retry: true, title: "This is faster than the limit." },
  out_of_order: { status: 409, retry: true, title: "An earlier message must be sent again first." },
  unavailable: { status: 503, retry: true, title: "The server cannot do this now." },
  internal: { status: 500, retry: true, title: "Something went wrong on the server." },
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** A refusal with a code of the closed list. Anything else that is thrown is a bug. */
export class ChatError extends Error {
  readonly code: ErrorCode;
  /** Milliseconds after which trying again makes sense, where the server knows. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, detail?: string, retryAfter?: number) {
    super(detail ?? ERRORS[code].title);
    this.name = "ChatError";
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
