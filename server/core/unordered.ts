/** Something that knows where it stands in a list. */
export interface Placed {
  at: number;
}

/** Adds one to a list in no order. */
export function putIn<T extends Placed>(list: T[], one: T): void {
  one.at = list.length;
  list.push(one);
}

/** Takes one out of a list in no order, as fast as it is from a short one; false where it is not in it. */
export function takeOut<T extends Placed>(list: T[], one: T): boolean {
  if (list[one.at] !== one) return false;
  const last = list.pop() as T;
  if (last !== one) list[one.at] = last;
  last.at = one.at;
  return true;
}
