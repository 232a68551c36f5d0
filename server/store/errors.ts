/** Why a store cannot be opened, as one sentence for whoever runs the server. */
export class StoreError extends Error {
  override name = "StoreError";
}

/** Another process has the data folder, for as long as it runs. */
export class FolderInUse extends StoreError {
  constructor(folder: string) {
    super(`The data folder ${folder} is in use by another Parley that is still running.`);
  }
}
