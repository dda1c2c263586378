/** Every word of the page, in one place. `{name}` stands for what the page fills in. */

/** @type {Record<string, string>} */
export const TEXTS = {
  title: 'Briefgeheim: who learns that you read your mail?',
  name: 'Briefgeheim',
  headline: 'Who learns that you read your mail?',
  promise: 'Drop saved messages here and see who would have known. They stay on your device: this page sends nothing to anyone.',
  drop_title: 'Drop messages here',
  drop_kinds: 'Files that end in .eml or .html, one or many',
  choose: 'Choose files',
  example: 'Show me an example',
  clear: 'Clear the list',
  how_title: 'How do I save a message?',
  how_gmail: 'Gmail: open the message, then the three dots beside “Reply”, then “Download message”.',
  how_outlook: 'Outlook: open the message, then the three dots, then “Save” or “Download”.',
  how_yahoo: 'Yahoo and AOL: open the message, then the three dots, then “View raw message”; save that page as a file that ends in .eml.',
  how_apple: 'Thunderbird and Apple Mail: drag the message out of the list, onto your desktop.',
  footer: 'Briefgeheim is the Dutch word for the secrecy of letters, a right in the constitution: what you receive, and when you read it, is nobody’s business.',
  no_script: 'This page reads your messages in your own browser, and needs JavaScript for it.',

  working_one: 'Reading {count} message …',
  working_other: 'Reading {count} messages …',
  sum_one: 'This message would have told somebody that you opened it.',
  sum_other: 'Of {count} messages, {tracked} would have told somebody that you opened them.',
  sum_none_one: 'This message would have told nobody that you opened it.',
  sum_none_other: 'None of {count} messages would have told anybody that you opened it.',
  sum_failed_one: '{count} file could not be read.',
  sum_failed_other: '{count} files could not be read.',
  who_title: 'Who would have known most often',
  who_times_one: '{count} message',
  who_times_other: '{count} messages',

  no_subject: '(no subject)',
  learned: '{names} would have learned that you opened this.',
  learned_nobody: 'Nobody would have learned that you opened this.',
  learned_receipt: 'The sender asks to be told that you read this.',
  and: '{first} and {last}',
  names_more_one: '{count} other',
  names_more_other: '{count} others',
  opens_title: 'What would have told them',
  receipts_title: 'Read receipt',
  links_title: 'Links that record your click',
  links_from_one: '{count} link goes through {who} first.',
  links_from_other: '{count} links go through {who} first.',
  params_title: 'Links that say which message you came from',
  params_one: '{count} link to {who} carries a code of the mailing, or of you.',
  params_other: '{count} links to {who} carry a code of the mailing, or of you.',
  leads_to: 'Leads to {destination}',
  personal: 'made for you alone',
  times: '{count} times',
  addresses_one: 'Show the web address',
  addresses_other: 'Show {count} web addresses',
  addresses_more_one: 'and {count} more',
  addresses_more_other: 'and {count} more',
  clean_one: 'Besides these, {count} address in it tells nobody anything.',
  clean_other: 'Besides these, {count} addresses in it tell nobody anything.',
  only_clean_one: 'The {count} address in it tells nobody anything.',
  only_clean_other: 'The {count} addresses in it tell nobody anything.',
  nothing_remote: 'Nothing in it comes from the internet.',

  'evidence_known-endpoint': 'Web addresses like this one are made to count who opens a mail.',
  'evidence_known-redirector': 'The link goes through {vendor} first, which records the click.',
  evidence_tiny: 'The picture is too small for anyone to see.',
  evidence_hidden: 'The picture is hidden. You would never have seen it.',
  'evidence_personal-token': 'Its web address carries a code made for you alone.',
  'evidence_recipient-address': 'Its web address contains your e-mail address.',
  'evidence_says-open': 'Its web address says so itself: it counts openings.',
  'evidence_says-click': 'Its web address says so itself: it sends you on to another place.',
  evidence_gateway: 'Your mail gateway wrapped the link. Only the gateway knows where it leads.',
  'evidence_click-host': 'It comes from {host}, a place that counts clicks.',
  'evidence_not-a-picture': 'It is no picture, but something else that would be fetched unnoticed: a font, a style sheet, a video or a page.',
  'evidence_read-receipt': 'The message asks your mail program to report that you have read it.',

  'failed_empty': 'This file is empty.',
  'failed_no-headers': 'This is no e-mail message. Save the message itself as .eml, not a picture or a PDF of it.',
  'failed_too-many-messages': 'This message contains hundreds of other messages. Save them one by one.',
  'failed_too-large': 'This file is larger than {size} MB, and no message is.',
  'failed_mailbox': 'This is a whole mailbox. The page reads single messages; the command “briefgeheim audit” reads mailboxes.',
  'failed_unreadable': 'Your browser could not read this file. If it is a folder, choose the messages in it instead.',
  'failed_engine': 'Something went wrong on our side while reading this message. It was not looked at.',
  'failed_start': 'The part of this page that reads messages could not start. Reload the page, or try a newer browser.',
  'refusal_too-deep': 'The message is built so strangely that only its first part was looked at.',
  'refusal_too-many-addresses': 'The message contains so many addresses that only its first part was looked at.',
  refusal_unreadable: 'The message is damaged: only its first part was looked at.',
};

const plurals = new Intl.PluralRules('en');
const numbers = new Intl.NumberFormat('en');

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function text(key, values = {}) {
  return (TEXTS[key] ?? '').replace(/\{(\w+)\}/gu, (_, name) => {
    const value = values[name] ?? '';
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

/**
 * The text for a number: `key_one` or `key_other`.
 * @param {string} key
 * @param {number} count
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function plural(key, count, values = {}) {
  return text(`${key}_${plurals.select(count) === 'one' ? 'one' : 'other'}`, { count, ...values });
}

/**
 * @param {string} key
 * @returns {boolean}
 */
export const hasText = (key) => Object.hasOwn(TEXTS, key);
