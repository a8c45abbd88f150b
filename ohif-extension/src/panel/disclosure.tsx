import { type ReactNode, useState } from 'react';

/** A `details` element whose content exists only while it is open: what it loads is loaded when somebody looks. */
export function Disclosure({
  title,
  disabled = false,
  children,
}: {
  title: string;
  disabled?: boolean;
  children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  if (disabled) return <p className="ds-disclosure-empty">{title}</p>;
  return (
    <details className="ds-disclosure" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{title}</summary>
      {open && <div className="ds-disclosure-body">{children}</div>}
    </details>
  );
}
