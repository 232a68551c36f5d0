interface SearchFieldProps {
  label: string;
  query: string;
  setQuery: (query: string) => void;
}

/** Where somebody types a part of what they look for. */
export function SearchField({ label, query, setQuery }: SearchFieldProps) {
  return (
    <input
      className="input"
      type="search"
      aria-label={label}
      placeholder={label}
      value={query}
      onChange={(event) => setQuery(event.target.value)}
    />
  );
}
