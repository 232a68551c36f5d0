import { firstLetter } from "../words/names.ts";

const THEY = "M2 10.5A8 8 0 0 1 10 2.5H11V18.5H3.6A1.6 1.6 0 0 1 2 16.9Z";
const YOU = "M22 13.5A8 8 0 0 1 14 21.5H13V5.5H20.4A1.6 1.6 0 0 1 22 7.1Z";
const YOU_OPEN = "M21.7 13.5A7.7 7.7 0 0 1 14 21.2H13.3V5.8H20.4A1.3 1.3 0 0 1 21.7 7.1Z";

/** Two halves of one coin, in the colour of the text around it. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d={THEY} />
      <path d={YOU} />
    </svg>
  );
}

/** The mark on a first visit: the second half is dashed, and holds the first letter of the name being typed. */
export function OpenMark({ name }: { name: string }) {
  return (
    <svg className="sides" viewBox="0 0 24 24" aria-hidden="true">
      <path className="they" d={THEY} />
      <path className="you" d={YOU_OPEN} />
      <text x="17.6" y="15.6">
        {firstLetter(name)}
      </text>
    </svg>
  );
}
