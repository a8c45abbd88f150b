import { button, element, icon } from './dom.ts';
import { renderMarkdown } from './markdown.ts';
import type { Card, CardAction, CardLink, CardSuggestion, Indicator } from './wire.ts';

const indicatorWords: Readonly<Record<Indicator, string>> = {
  info: 'Information',
  warning: 'Warning',
  critical: 'Critical',
};

const actionVerbs = { create: 'Would create', update: 'Would change', delete: 'Would remove' } as const;

/** Renders one card the way a record system does: stripe, icon and word for the indicator, then what it says. */
export function cardView(card: Card): HTMLElement {
  const view = element(
    'article',
    { class: `card ${card.indicator}`, 'aria-label': `${indicatorWords[card.indicator]}: ${card.summary}` },
    element('p', { class: 'card-indicator' }, icon(card.indicator), indicatorWords[card.indicator]),
    element('h3', {}, card.summary),
  );
  if (card.detail) {
    const detail = element('div', { class: 'card-detail' });
    detail.append(renderMarkdown(card.detail));
    view.append(detail);
  }
  if (card.suggestions && card.suggestions.length > 0) view.append(suggestionList(card, card.suggestions));
  if (card.links && card.links.length > 0) {
    view.append(element('ul', { class: 'card-links' }, ...card.links.map((link) => element('li', {}, linkView(link)))));
  }
  view.append(element('p', { class: 'card-source' }, 'Source: ', sourceView(card)));
  return view;
}

function isWeb(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

function outsideLink(url: string, label: string): HTMLElement {
  const note = element('span', { class: 'sr-only' }, ' (opens in a new tab)');
  return element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label, icon('outside'), note);
}

function sourceView({ source }: Card): Node | string {
  return source.url && isWeb(source.url) ? outsideLink(source.url, source.label) : source.label;
}

function linkView(link: CardLink): HTMLElement {
  if (link.type === 'absolute' && isWeb(link.url)) return outsideLink(link.url, link.label);
  // A SMART launch needs the record system's own authorization server, which this demonstration does not play.
  const why = link.type === 'smart' ? 'opens by SMART launch in a record system' : 'address not usable';
  return element('span', { class: 'unavailable' }, `${link.label} (${why})`);
}

function suggestionList(card: Card, suggestions: readonly CardSuggestion[]): HTMLElement {
  const outcome = element('div', { class: 'applied', role: 'status' });
  const buttons = suggestions.map((suggestion) => {
    const label = element('span', {}, suggestion.label);
    if (suggestion.isRecommended) label.append(element('span', { class: 'recommended' }, 'recommended'));
    const apply = button({ class: 'secondary' }, label, () => {
      // `any` leaves the other suggestions open; `at-most-one` closes them.
      for (const other of card.selectionBehavior === 'any' ? [apply] : buttons) other.disabled = true;
      apply.classList.add('chosen');
      outcome.append(appliedView(suggestion));
    });
    return apply;
  });
  return element('div', { class: 'suggestions' }, element('div', { class: 'suggestion-row' }, ...buttons), outcome);
}

function appliedView(suggestion: CardSuggestion): HTMLElement {
  const actions = suggestion.actions ?? [];
  return element(
    'div',
    {},
    element('p', {}, element('strong', {}, suggestion.label), ': nothing is written in this demonstration.'),
    ...actions.map(actionView),
  );
}

function actionView(action: CardAction): HTMLElement {
  const what = action.resource?.resourceType ?? action.resourceId ?? 'resource';
  const title = `${actionVerbs[action.type]} ${what}${action.description ? `: ${action.description}` : ''}`;
  if (action.resource === undefined) return element('p', {}, title);
  return element(
    'details',
    {},
    element('summary', {}, title),
    element('pre', {}, JSON.stringify(action.resource, null, 2)),
  );
}
