/** The one global of the content scripts, in the extension's own world: pages cannot see it. */
declare var briefgeheim: Briefgeheim;

interface Briefgeheim {
  api: typeof chrome;
  adapter: Adapter;
  recognise(): Adapter;
  adapters: Record<string, Adapter>;
  page: {
    bodyOf(element: Element): Element | null;
    isOutside(element: Element): boolean;
    isDraft(element: Element): boolean;
    sender(body: Element | null): Sender | null;
    recipient(): string | null;
  };
  walk(root: ParentNode | Element, isAlone?: boolean): Slot[];
  release: {
    apply(slots: Slot[], suffix: string): void;
    withdraw(slots: Slot[]): void;
    again(slots: Slot[]): void;
    afterFailure(element: Element, then: () => void): void;
    whenFailed(then: (slot: Slot) => void): void;
  };
  drafts: { apply(slots: Slot[], suffix: string, isCleaned: boolean): void };
  style(root: ShadowRoot): void;
  links: {
    /** Remembers what the engine said of a link; `null` when there is nothing to say any more. */
    note(slot: Slot, verdict: Verdict | null): void;
    readonly choice: LinkChoice;
    choose(choice: LinkChoice): void;
    open(url: string, where: 'front' | 'back' | 'window'): void;
    isSwapped(element: Element): boolean;
    stop(): void;
  };
  mark: {
    blocked(found: { slot: Slot; verdict: Verdict }[]): void;
    links(found: { slot: Slot; verdict: Verdict }[]): void;
    clear(slots: Slot[]): void;
    /** Follows links that were moved, and leaves what is written now. */
    tidy(slots: Slot[], mayBeWriting: boolean): void;
    isOurs(node: Node): boolean;
    /** Takes away marks that are not ours (any more). */
    sweep(root: ParentNode): void;
    stop(): void;
  };
  card: {
    /** What a mark says to those who cannot see it. */
    summary(verdict: Verdict): string;
    know(host: HTMLElement, root: ShadowRoot, button: HTMLElement, slot: Slot, verdict: Verdict): void;
    forget(host: Element): void;
    stop(): void;
  };
  notice: { show(kind: 'held' | 'updated', act: () => void): void; hide(): void };
  stop?: () => void;
}

/** Tells where things are in one webmail's pages. Knows selectors and nothing else. */
interface Adapter {
  hosts: string[];
  /** For hosts that nobody can list: what only the webmail itself can have put there, never a message. */
  recognised?: string;
  /** Containers of message bodies. Of nested matches the outermost is meant. */
  bodies: string;
  /** Where people write: never touched. */
  drafts: string;
  sender(body: Element): Sender | null;
  recipient(document: Document): string | null;
}

interface Sender { address: string; name: string }

/** One attribute (or style text) of one element that may hold addresses. */
interface Slot {
  id: number;
  element: Element;
  /** Attribute name; `null` for the text of a `style` element. */
  attribute: string | null;
  namespace: string | null;
  vector: string;
  /** As the page wrote it. */
  text: string;
  /** What we put there instead, once released. */
  released: string | null;
  verdicts: Verdict[] | null;
  fact: Fact;
  message: MessageState | null;
  marks: Element[];
}

interface Fact { id: number; vector: string; text: string; width?: string; height?: string; style?: string; hidden?: boolean; outside?: boolean }

interface Verdict {
  fact: number; at: number; url: string; vector: string; kind: 'open' | 'click' | 'param' | 'receipt' | 'clean'; act: 'release' | 'hold' | 'leave';
  vendor: string | null; host: string; evidence: { code: string }[]; destination: string | null; personal: boolean;
  /** The destination may be opened without having been shown. */
  direct: boolean;
  gateway: string | null;
  leads: { host: string; unicode: string | null; site: string; lookalike: boolean } | null;
}

/** What a click on a link with a known destination does: not answered yet, goes there, or goes as sent. */
interface LinkChoice { links: 'ask' | 'direct' | 'sent'; pastGateway: boolean }

interface MessageState {
  body: Element | null; sender: Sender | null; allowed: boolean; slots: Set<Slot>;
  /** What the background hears of it, until something changes. */
  record: { seen: object | null; text: string } | null;
}
