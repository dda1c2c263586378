//! Links that do something for the reader: unsubscribe, confirm, sign in, pay. They are never touched, and in doubt a link is
//! one of them.
//!
//! The words are English, Dutch, German, French, Spanish and Italian, in lower case and without accents.

use crate::address::decoded;
use crate::param;
use crate::personal;
use crate::rules::RuleSet;
use crate::words::{Stems, Words};
use std::borrow::Cow;
use std::sync::LazyLock;
use url::Url;

/// Wherever these stand in an address, it is about a subscription.
const SUBSCRIPTION_STEMS: &[&str] = &[
    "unsubscri",
    "optout",
    "opt-out",
    "opt_out",
    "opt-in",
    "opt_in",
    "double-opt",
    "doubleopt",
    "list-manage",
    "preferenc",
    "preferenz",
    "abmeld",
    "abbestell",
    "austrag",
    "afmeld",
    "uitschrijv",
    "schrijf-uit",
    "voorkeur",
    "einstellungen",
    "desabonn",
    "desinscri",
    "dessubscri",
    "darsedebaja",
    "darse-de-baja",
    "cancelar-suscripcion",
    "disiscri",
    "annulla-iscrizione",
    "cancella-iscrizione",
    "avregistrer",
    "avprenumer",
    "wypisz",
    "fewer-email",
    "email-frequency",
];

/// The same as whole words: too short to be looked for inside others.
const SUBSCRIPTION_WORDS: &[&str] =
    &["unsub", "unsubs", "prefs", "pref", "baja", "remove", "optin", "subscription", "subscriptions", "subscribe", "suscripcion"];

/// Wherever these stand in an address, it does something.
const STEMS: &[&str] = &[
    // Passwords and signing in.
    "password",
    "passwort",
    "kennwort",
    "wachtwoord",
    "mot-de-passe",
    "motdepasse",
    "contrasena",
    "passcode",
    "signin",
    "sign-in",
    "sign_in",
    "signup",
    "sign-up",
    "sign_up",
    "aanmelden",
    "inloggen",
    "anmelden",
    "einloggen",
    "connexion",
    "se-connecter",
    "iniciar-sesion",
    "iniciarsesion",
    "inicio-sesion",
    "restablec",
    "reinitialis",
    "reimposta",
    "zuruecksetz",
    "zurucksetz",
    "herstel-",
    "magiclink",
    "magic-link",
    "magic_link",
    "onetime",
    "one-time",
    "one_time",
    "authoriz",
    "authoris",
    "authenticat",
    // Confirming and activating.
    "verify",
    "verifi",
    "confirm",
    "conferm",
    "bevestig",
    "bestaetig",
    "bestatig",
    "activate",
    "activation",
    "activeer",
    "aktivier",
    "activer",
    "activar",
    "attivazione",
    "freischalt",
    "potwierdz",
    // Appointments and invitations.
    "calendar",
    "webcal",
    "invitation",
    "invite",
    "invitacion",
    "uitnodig",
    "einladung",
    "afspraak",
    // Paying.
    "payment",
    "checkout",
    "betaling",
    "betalen",
    "betaal",
    "bezahl",
    "zahlung",
    "paiement",
    "pagamento",
    "warenkorb",
    "winkelwagen",
    "winkelmand",
];

/// The same as whole words.
const WORDS: &[&str] = &[
    "login",
    "logon",
    "signon",
    "log-in",
    "auth",
    "oauth",
    "oauth2",
    "oidc",
    "saml",
    "saml2",
    "sso",
    "otp",
    "totp",
    "mfa",
    "2fa",
    "magic",
    "reset",
    "recover",
    "recovery",
    "unlock",
    "activate",
    "verify",
    "validate",
    "validation",
    "valider",
    "confirm",
    "acceder",
    "acceso",
    "accedi",
    "attiva",
    "rsvp",
    "ics",
    "ical",
    "invite",
    "invito",
    "meeting",
    "termin",
    "pay",
    "payments",
    "pago",
    "pagar",
    "payer",
    "kasse",
    "invoice",
    "factuur",
    "factura",
    "facture",
    "fattura",
    "rechnung",
    "billing",
    "cart",
    "carrito",
    "carrello",
    "panier",
    "konto",
    "consent",
    "accept",
    "decline",
    "approve",
    "docusign",
    "esign",
    "cancel",
    "cancellation",
    "cancellations",
    "cancelar",
    "annuleren",
    "annuleer",
    "annuler",
    "stornieren",
    "storno",
    "kuendigen",
    "kundigen",
    "kuendigung",
    "kundigung",
    "opzeggen",
    "resilier",
    "reschedule",
    "reschedulings",
    "hmac",
];

/// Labels of hosts that exist for one of those things.
const LABELS: &[&str] = &[
    "login",
    "signin",
    "auth",
    "sso",
    "id",
    "idp",
    "oauth",
    "accounts",
    "account",
    "secure",
    "pay",
    "payment",
    "payments",
    "checkout",
    "billing",
    "calendar",
    "cal",
    "unsubscribe",
    "unsub",
    "preferences",
    "meet",
    "verify",
    "invite",
];

/// Folders of things to read. What stands in one of them is about a thing, and does not do it.
const READING: &[&str] =
    &["blog", "blogs", "news", "nieuws", "article", "articles", "artikel", "magazine", "story", "stories", "press", "actualites", "noticias"];

/// Query keys of addresses that are signed, expire, or work once.
const SIGNED: &[&str] = &[
    "signature",
    "sig",
    "expires",
    "x-amz-signature",
    "x-amz-credential",
    "x-amz-security-token",
    "x-goog-signature",
    "googleaccessid",
    "awsaccesskeyid",
    "key-pair-id",
    "policy",
    "hmac",
    "token",
    "jwt",
    "nonce",
    "ticket",
    "otp",
    "code",
    "oobcode",
    "access_token",
    "id_token",
    "auth_token",
    "reset_token",
    "invitation_token",
    "confirmation_token",
    "authtoken",
    "accesstoken",
    "hdnts",
    "hdnea",
    "__token__",
    "pwd",
    "passcode",
];

/// A title has at least this many words; an action has fewer: `confirm-your-email-address`.
const TITLE: usize = 5;

/// A short word says something only among few: `/magic/`, but not `/the-magic-of-spring/`.
const FEW: usize = 3;

// What stands nowhere is not looked for among words.
static ALL_IN: LazyLock<Stems> = LazyLock::new(|| Stems::of(&[STEMS, WORDS].concat()));
static SUBSCRIPTION_ALL_IN: LazyLock<Stems> = LazyLock::new(|| Stems::of(&[SUBSCRIPTION_STEMS, SUBSCRIPTION_WORDS].concat()));
static STEMS_IN: LazyLock<Stems> = LazyLock::new(|| Stems::of(STEMS));
static SUBSCRIPTION_STEMS_IN: LazyLock<Stems> = LazyLock::new(|| Stems::of(SUBSCRIPTION_STEMS));
static IS_WORD: LazyLock<Words> = LazyLock::new(|| Words::of(WORDS));
static IS_SUBSCRIPTION_WORD: LazyLock<Words> = LazyLock::new(|| Words::of(SUBSCRIPTION_WORDS));
static IS_SIGNED: LazyLock<Words> = LazyLock::new(|| Words::of(SIGNED));

/// Neither speaks of such a thing nor is signed.
pub(crate) fn allows(url: &Url, rules: &RuleSet) -> bool {
    allows_all_of(url, &param::strip(url, rules))
}

/// The same. `bare` is it without tracking parameters.
pub(crate) fn allows_all_of(url: &Url, bare: &Url) -> bool {
    !is_about_subscription(url, bare) && !does_something(url, bare) && !is_signed(url)
}

/// The address speaks of such a thing. What a tracking parameter calls its campaign does not count, unless it is about a
/// subscription.
pub(crate) fn speaks(url: &Url, rules: &RuleSet) -> bool {
    let bare = param::strip(url, rules);
    is_about_subscription(url, &bare) || does_something(url, &bare)
}

/// The address speaks of something else than a subscription. `bare` is it without tracking parameters.
pub(crate) fn does_something(url: &Url, bare: &Url) -> bool {
    if labels(url).any(|label| LABELS.contains(&label)) {
        return true;
    }
    // Without a query and without a code in it, an address can only be read.
    let can_be_title = bare.query().is_none() && bare.fragment().is_none() && !personal::has_path_token(bare);
    let reading = bare.path().split('/').position(|segment| READING.iter().any(|folder| segment.eq_ignore_ascii_case(folder)));
    let mut segments = bare.path().split('/').enumerate();
    segments.any(|(at, segment)| {
        let count = segment.split(['-', '_']).count();
        let is_title = can_be_title && (count >= TITLE || reading.is_some_and(|folder| folder < at));
        !is_title && acts(segment, !can_be_title || count <= FEW)
    }) || [bare.query(), bare.fragment()].into_iter().flatten().any(|text| acts(text, true))
}

/// The address is about what mail the reader gets. A campaign may well be called after its subscribers: of its names only the plain
/// stems count. `bare` is it without tracking parameters.
pub(crate) fn is_about_subscription(url: &Url, bare: &Url) -> bool {
    let text = fold(after_host(url));
    let host = labels(url).any(|label| matches!(label, "unsubscribe" | "unsub" | "preferences" | "optout" | "opt-out"));
    let has_word = || words(&decoded(after_host(bare))).any(|word| IS_SUBSCRIPTION_WORD.has(word));
    host || (SUBSCRIPTION_ALL_IN.are_in(&text) && (SUBSCRIPTION_STEMS_IN.are_in(&text) || has_word()))
}

/// The address is signed, expires, or works once.
pub(crate) fn is_signed(url: &Url) -> bool {
    let pairs = [url.query(), url.fragment()].into_iter().flatten().flat_map(|text| text.split('&'));
    let mut keys = pairs.filter_map(|pair| pair.split_once('=')).map(|(key, _)| key);
    keys.any(|key| IS_SIGNED.has(key)) || url.path().split('/').any(|segment| segment.eq_ignore_ascii_case("token"))
}

fn acts(text: &str, with_words: bool) -> bool {
    let folded = fold(text);
    // One search for all answers most of what is asked.
    ALL_IN.are_in(&folded) && (STEMS_IN.are_in(&folded) || (with_words && words(&decoded(text)).any(|word| IS_WORD.has(word))))
}

/// Labels before the registered name.
fn labels(url: &Url) -> impl Iterator<Item = &str> {
    url.host_str().unwrap_or("").rsplit('.').skip(2)
}

fn after_host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or("");
    url.as_str().split_once(host).map_or("", |(_, after)| after)
}

/// Decoded and without accents.
fn fold(text: &str) -> Cow<'_, str> {
    let decoded = decoded(text);
    if decoded.is_ascii() {
        return decoded;
    }
    // No word of ours has other letters, and a table of all that have two cases is a fiftieth of the module.
    let plain = |c: char| match c {
        'à'..='å' | 'À'..='Å' => 'a',
        'ç' | 'Ç' => 'c',
        'è'..='ë' | 'È'..='Ë' => 'e',
        'ì'..='ï' | 'Ì'..='Ï' => 'i',
        'ñ' | 'Ñ' => 'n',
        'ò'..='ö' | 'Ò'..='Ö' => 'o',
        'ù'..='ü' | 'Ù'..='Ü' => 'u',
        other => other,
    };
    decoded.chars().map(plain).collect::<String>().into()
}

/// Words between signs, and the words of `resetPassword`. What holds digits is a code, and has no words in it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).flat_map(|word| {
        let is_code = word.len() > 40 || word.bytes().any(|b| b.is_ascii_digit());
        std::iter::once(word).chain((!is_code).then(|| humps(word)).into_iter().flatten())
    })
}

fn humps(word: &str) -> impl Iterator<Item = &str> {
    let starts = std::iter::once(0).chain(word.match_indices(|c: char| c.is_ascii_uppercase()).map(|(at, _)| at));
    starts.filter_map(|at| {
        let rest = word.get(at..)?;
        let end = rest.char_indices().skip(1).find(|(_, c)| c.is_ascii_uppercase()).map_or(rest.len(), |(end, _)| end);
        rest.get(..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaks(text: &str) -> bool {
        super::speaks(&Url::parse(text).unwrap(), RuleSet::built_in())
    }

    #[test]
    fn ordinary_links_are_none_of_them() {
        for text in [
            "https://shop.example.com/sale?id=7&lang=nl",
            "https://www.example.com/news/2026/11/the-pinnacle-of-design",
            "https://www.example.com/presets/warm?size=2",
            "https://www.example.com/payload/resetting-the-clock",
            "https://click.example.com/c/eJw9jMsKwyAQRb9mXMrIVInPinOtpQayICSrsSso",
            "https://www.example.com/authors/ann",
            "https://www.example.com/a?signatures=3",
            "https://pay.example/",
            "https://www.example.com/the-magic-of-spring",
            "https://www.example.com/how-to-choose-a-strong-password",
            "https://www.example.com/2026/11/scientists-confirm-water-on-the-moon/",
            "https://www.example.nl/nieuws/agenda-bevestigd?utm_source=mail",
            "https://www.example.com/blog/calendar-for-gardeners",
            "https://shop.example.com/sale?utm_campaign=cart_reset&utm_content=login-button",
        ] {
            assert!(allows(&Url::parse(text).unwrap(), RuleSet::built_in()), "{text}");
        }
    }

    #[test]
    fn a_title_with_a_code_beside_it_is_an_action() {
        assert!(speaks("https://www.example.com/please-confirm-your-email-address/0123456789abcdef0123"));
        assert!(speaks("https://www.example.com/please-confirm-your-email-address?k=12"));
        assert!(speaks("https://www.example.com/blog/reset?key=0123456789abcdef"));
        assert!(speaks("https://www.example.com/confirm-your-email-address"));
        assert!(speaks("https://www.example.com/how-to-unsubscribe-from-our-many-letters"));
    }

    #[test]
    fn campaigns_speak_of_subscriptions_alone() {
        assert!(speaks("https://www.example.com/e/12?utm_content=unsubscribe"));
        assert!(!speaks("https://www.example.com/e/12?utm_content=checkout"));
        assert!(!speaks("https://www.example.com/e/12?utm_source=subscribe"));
        assert!(!speaks("https://www.example.com/c?url=http%3A%2F%2Ftrack.best4optin.example%2Fsale"));
        assert!(speaks("https://www.example.com/e/12?utm_source=mail&do=subscribe"));
    }

    #[test]
    fn words_are_found_in_humps_and_not_in_codes() {
        assert!(speaks("https://www.example.com/userLogin?x=1"));
        assert!(speaks("https://www.example.com/a?next=%2Fuser%2Flogin"));
        assert!(!speaks("https://www.example.com/x/a9OtpB3PayC4Sso"));
    }

    #[test]
    fn accents_do_not_hide_a_word() {
        assert!(speaks("https://www.example.de/best%C3%A4tigen/7"));
        assert!(speaks("https://www.example.fr/d%C3%89sabonner"));
        assert!(speaks("https://www.example.es/contrase%C3%B1a/nueva"));
    }
}
