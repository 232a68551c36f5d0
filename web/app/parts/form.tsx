import type { ReactNode } from "react";

interface FormProps {
  onSubmit: () => void;
  method?: "dialog";
  children: ReactNode;
}

/** A form that the page answers itself: nothing is sent, and what is wrong is said in our words. */
export function Form({ onSubmit, method, children }: FormProps) {
  return (
    <form
      method={method}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}
