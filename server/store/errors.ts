/** Why a store cannot be opened, as one sentence for whoever runs the server. */
export class StoreError extends Error {
  override name = "StoreError";
}
