import { byId, element } from './dom.ts';
import { fetchList } from './service.ts';
import type { DemoDrug } from './wire.ts';

/** `#drug` as an ARIA combobox over `GET /demo/drugs`: arrows move, Enter picks, Escape closes. */
export class DrugSearch {
  /** The drug that was picked from the list; null after the text was changed. */
  picked: DemoDrug | null = null;
  readonly #input = byId<HTMLInputElement>('drug');
  readonly #list = byId('drug-options');
  readonly #onPick: (drug: DemoDrug) => void;
  #drugs: readonly DemoDrug[] = [];
  #active = -1;
  #searches = 0;

  /** @param onPick Told about every drug that is picked. */
  constructor(onPick: (drug: DemoDrug) => void) {
    this.#onPick = onPick;
    this.#input.addEventListener('input', () => {
      this.picked = null;
      void this.#search();
    });
    this.#input.addEventListener('click', () => void this.#search());
    this.#input.addEventListener('blur', () => this.#close());
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
  }

  clear(): void {
    this.picked = null;
    this.#searches += 1;
    this.#input.value = '';
    this.#close();
  }

  #close(): void {
    this.#list.hidden = true;
    this.#active = -1;
    this.#input.setAttribute('aria-expanded', 'false');
    this.#input.removeAttribute('aria-activedescendant');
  }

  #pick(drug: DemoDrug): void {
    this.picked = drug;
    this.#input.value = drug.coding.display;
    this.#close();
    this.#onPick(drug);
  }

  async #search(): Promise<void> {
    this.#searches += 1;
    const mine = this.#searches;
    const found = await fetchList<DemoDrug[]>(`/demo/drugs?q=${encodeURIComponent(this.#input.value.trim())}`).catch(
      () => [],
    );
    // A slow answer to an older text must not replace the newer one, nor open a list that was left.
    if (mine === this.#searches && document.activeElement === this.#input) this.#show(found);
  }

  #show(drugs: readonly DemoDrug[]): void {
    this.#drugs = drugs;
    const options = drugs.map((drug, index) => this.#option(drug, index));
    const none = element('div', { class: 'no-match', role: 'option', 'aria-disabled': 'true' }, 'No match');
    this.#list.replaceChildren(...(options.length > 0 ? options : [none]));
    this.#list.hidden = false;
    this.#input.setAttribute('aria-expanded', 'true');
    this.#activate(options.length > 0 ? 0 : -1);
  }

  #option(drug: DemoDrug, index: number): HTMLElement {
    const option = element(
      'div',
      { role: 'option', id: `drug-option-${index}`, 'aria-selected': 'false' },
      element('span', {}, drug.coding.display),
      element('span', { class: 'code' }, drug.coding.code),
    );
    // mousedown, because a click would come after the input's blur has closed the list.
    option.addEventListener('mousedown', (event) => {
      event.preventDefault();
      this.#pick(drug);
    });
    return option;
  }

  #activate(index: number): void {
    this.#active = index;
    this.#input.removeAttribute('aria-activedescendant');
    for (const [position, option] of [...this.#list.children].entries()) {
      option.setAttribute('aria-selected', String(position === index));
      if (position !== index) continue;
      this.#input.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    }
  }

  #onKey(event: KeyboardEvent): void {
    const open = !this.#list.hidden;
    const drug = this.#drugs[this.#active];
    if (event.key === 'Escape') {
      this.#close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const count = this.#drugs.length;
      if (!open) void this.#search();
      else if (count > 0) this.#activate((this.#active + step + count) % count);
    } else if (event.key === 'Enter' && open && drug !== undefined) {
      event.preventDefault();
      this.#pick(drug);
    }
  }
}
