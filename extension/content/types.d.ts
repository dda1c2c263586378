/** The one global of the content scripts, in the extension's own world: pages cannot see it. */
declare var briefgeheim: Briefgeheim;

interface Briefgeheim {
  api: typeof chrome;
  adapter: Adapter;
  /** The adapter's name. */
  readonly kind: string;
  recognise(): Adapter;
  adapters: Record<string, Adapter>;
  /** The elements that hold this frame, as far as they may be read, the innermost first; and the page around them all. */
  holders: Element[];
  outer: Document;
  isBelow(host: string, names?: string[]): boolean;
  page: {
    /** Forgets what was found: the page may have changed. */
    look(): void;
    bodyOf(element: Element, found?: Map<Element, Element | null>): Element | null;
    isOutside(element: Element): boolean;
    isDraft(element: Element, found?: Map<Element, boolean>): boolean;
    isBodyFrame(): boolean;
    isFrameOnly(): boolean;
    isRow(element: Element): boolean;
    all(scope: ParentNode, selector: string): Element[];
    /** Every tree within the trees of a node. */
    roots(scope: ParentNode): ShadowRoot[];
    sender(body: Element | null): Sender | null;
    recipient(): string | null;
    id(body: Element | null): string | null;
    subject(body: Element | null): string | null;
    keyOf(body: Element | null): string;
    rowSender(row: Element): Sender | null;
    readonly told: Around | null;
    hear(around: Around | null): void;
  };
  around: {
    /** Waits until the page around has said whose this frame is; no time where that can be seen. */
    ask(): Promise<void>;
    review(): void;
    hear(around: { number: string; around: Around | null }): boolean;
    stop(): void;
  };
  /** What a reader may copy for us: nothing of theirs. */
  diagnose(): Diagnosis;
  state?: () => { messages: MessageState[]; isAnswered: boolean };
  walk(root: ParentNode | Element, isAlone?: boolean): Slot[];
  release: {
    apply(slots: Slot[], suffix: string): void;
    withdraw(slots: Slot[]): void;
    again(slots: Slot[]): void;
    afterFailure(element: Element, then: () => void): void;
    afterArrival(address: string, then: () => void, tries?: number): void;
    whenFailed(then: (slot: Slot) => void): void;
  };
  drafts: { apply(slots: Slot[], suffix: string, isCleaned: boolean): void };
  style(root: ShadowRoot): void;
  links: {
    /** Remembers what the engine said of a link; `null` when there is nothing to say any more. */
    note(slot: Slot, verdict: Verdict | null): void;
    /** What the engine said of the addresses in a link's `ping`. */
    notePings(slot: Slot, verdicts: Verdict[]): void;
    /** Hosts to which the browser was told to report a click on a link. */
    pingsOf(element: Element): string[];
    readonly choice: LinkChoice;
    choose(choice: LinkChoice): void;
    open(url: string, where: 'front' | 'back' | 'window'): void;
    isSwapped(element: Element): boolean;
    stop(): void;
  };
  mark: {
    show(blocked: { slot: Slot; verdict: Verdict }[], links: { slot: Slot; verdict: Verdict }[]): void;
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
  /** Hosts of its pages, with everything below them. */
  hosts: string[];
  /** Hosts of frames that hold one message and nothing else; who sent it, only the page around knows. */
  bodyHosts?: string[];
  /** Parts of paths on them where people write. */
  draftPaths?: string[];
  /** For hosts that nobody can list: what only the webmail itself can have put there, never a message. */
  recognised?: string;
  /** Its pages are made of trees within trees (shadow roots). */
  isDeep?: boolean;
  /** Containers of message bodies. Of nested matches the outermost is meant. */
  bodies: string[];
  /** Where people write: never touched. */
  drafts: string[];
  /** What stands around one body and tells about it: the nearest. */
  containers: string[];
  senders: Place[];
  names?: Place[];
  /** The reader's own address. */
  recipients: Place[];
  ids: Place[];
  /** Makes one of an id's spellings. */
  canonical?: (id: string) => string;
  subjects: Place[];
  /** The list of messages. */
  rows: string[];
  rowSenders: Place[];
  /** Other ways to show a message, by the page's address or by what stands in it. */
  views: Record<string, RegExp | string>;
}

/**
 * Where something stands: a selector, or `:address` or `:title` of the page; an attribute, `#text` for an element's own text
 * alone, or nothing for all of its text; what of it is meant; `weak` where it is only likely.
 */
type Place = [selector: string, attribute?: string, pattern?: RegExp, trust?: 'weak'];

/** What the page around tells a frame. */
interface Around { sender: Sender | null; recipient: string | null; key: string; subject: string | null }

interface Diagnosis {
  kind: string; isTop: boolean; isBodyFrame: boolean; isTold: boolean; view: string; isAnswered: boolean;
  messages: number; senders: number; ids: number; subjects: number; recipient: boolean; held: number; released: number; failed: number; waiting: number; passed: number;
  selectors: Record<string, number[]>;
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
  /** The release token it was released with last, as it stands behind an address. */
  suffix: string | null;
  /** Not seen yet when it was released. */
  isUnseen: boolean;
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
  body: Element | null; sender: Sender | null; key: string; subject: string | null; allowed: boolean; slots: Set<Slot>;
  /** What the background hears of it, until something changes. */
  record: { seen: object | null; text: string } | null;
}
