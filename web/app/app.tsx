import { Welcome } from "./welcome/welcome.tsx";

export function App() {
  return <Welcome onIn={() => {}} />;
}
