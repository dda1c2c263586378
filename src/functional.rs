//! Links that do something for the reader: unsubscribe, confirm, sign in, pay. They are never touched, and in doubt a link is
//! one of them.

use crate::address::percent_decode;
use url::Url;

/// Wherever these stand in an address, it is about one of those things. In English, Dutch, German, French, Spanish, Italian.
const STEMS: &[&str] = &[
    "unsubscri",
    "optout",
    "opt-out",
    "opt_out",
    "optin",
    "opt-in",
    "opt_in",
    "preference",
    "abmeld",
    "abbestell",
    "afmeld",
    "uitschrijv",
    "voorkeur",
    "einstellungen",
    "desabonn",
    "desinscri",
    "darsedebaja",
    "disiscri",
    "annulla-iscrizione",
    "password",
    "passwort",
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
    "connexion",
    "verify",
    "verifi",
    "confirm",
    "bevestig",
    "bestaetig",
    "activate",
    "activation",
    "activeer",
    "aktivier",
    "activer",
    "magiclink",
    "magic-link",
    "magic_link",
    "onetime",
    "one-time",
    "one_time",
    "calendar",
    "invitation",
    "invite",
    "uitnodig",
    "einladung",
    "payment",
    "checkout",
    "betaling",
    "betalen",
    "bezahl",
    "zahlung",
    "paiement",
    "authoriz",
    "authoris",
    "authenticat",
    "double-opt",
    "list-manage",
    "webcal",
];

/// The same as whole words: too short to be looked for inside others.
const WORDS: &[&str] = &[
    "unsub",
    "unsubs",
    "prefs",
    "pref",
    "baja",
    "remove",
    "subscription",
    "subscriptions",
    "subscribe",
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
    "pin",
    "magic",
    "reset",
    "recover",
    "recovery",
    "unlock",
    "activate",
    "verify",
    "validate",
    "validation",
    "confirm",
    "token",
    "rsvp",
    "ics",
    "ical",
    "invite",
    "pay",
    "payments",
    "invoice",
    "billing",
    "cart",
    "konto",
    "consent",
    "accept",
    "decline",
    "approve",
    "docusign",
    "cancel",
    "cancellation",
    "cancellations",
    "reschedule",
    "reschedulings",
    "meeting",
    "hmac",
    "esign",
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

/// Neither speaks of such a thing nor is signed.
pub(crate) fn allows(url: &Url) -> bool {
    !speaks(url) && !is_signed(url)
}

/// The address speaks of such a thing.
pub(crate) fn speaks(url: &Url) -> bool {
    let host = url.host_str().unwrap_or("");
    let has_label = || {
        let mut labels = host.rsplit('.').skip(2);
        labels.any(|label| LABELS.contains(&label))
    };
    let after = percent_decode(url.as_str().split_once(host).map_or("", |(_, after)| after));
    let lower = after.to_ascii_lowercase();
    has_label() || STEMS.iter().any(|stem| lower.contains(stem)) || words(&after).any(|word| WORDS.iter().any(|w| word.eq_ignore_ascii_case(w)))
}

/// The address is signed, expires, or works once.
pub(crate) fn is_signed(url: &Url) -> bool {
    let mut keys = url.query().unwrap_or("").split('&').filter_map(|pair| pair.split_once('=')).map(|(key, _)| key);
    keys.any(|key| SIGNED.iter().any(|s| key.eq_ignore_ascii_case(s)))
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
        ] {
            assert!(allows(&Url::parse(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn words_are_found_in_humps_and_not_in_codes() {
        let speaks = |text: &str| speaks(&Url::parse(text).unwrap());
        assert!(speaks("https://www.example.com/userLogin?x=1"));
        assert!(speaks("https://www.example.com/a?next=%2Fuser%2Flogin"));
        assert!(!speaks("https://www.example.com/x/a9OtpB3PayC4Sso"));
    }
}
