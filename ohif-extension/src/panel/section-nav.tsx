/** Id of a section's heading, and what it is called here. */
const sections = [
  ['ds-risk', 'Risk'],
  ['ds-lesions', 'Lesions'],
  ['ds-course', 'Trends'],
  ['ds-why', 'Why'],
  ['ds-more', 'More'],
] as const;

/** Ways to the panel's sections: it is longer than a screen. */
export function SectionNav() {
  return (
    <nav className="ds-nav" aria-label="Sections of the panel">
      {sections.map(([id, label]) => (
        <button key={id} type="button" onClick={() => goTo(id)}>
          {label}
        </button>
      ))}
    </nav>
  );
}

/** Scrolls to a section and moves the focus to its heading. */
export function goTo(id: (typeof sections)[number][0]): void {
  const heading = document.getElementById(id);
  heading?.scrollIntoView({ block: 'start' });
  heading?.focus({ preventScroll: true });
}
