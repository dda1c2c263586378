use super::*;

#[test]
fn programs_say_that_they_count_a_click() {
    let says = |text: &str| says_redirect(&Url::parse(text).unwrap());
    for text in [
        "https://www.example.com/api/method/shop.api.mail.track_email_click?id=1234",
        "https://www.example.com/campaign_click?t=1234",
        "https://www.example.com/api/newsletter/track-click?s=1234",
        "https://www.example.com/track/clicked/invoice/1234",
        "https://www.example.com/mailing/klikk.php?m=1234",
    ] {
        assert!(says(text), "{text}");
    }
    for text in [
        "https://www.example.com/buy-with-one-click?p=1234",
        "https://www.example.com/blog/how-to-link-and-click-well?p=1234",
        "https://www.example.com/track_email_click?unsubscribe=1234",
        "https://www.example.com/clickhouse?p=1234",
    ] {
        assert!(!says(text), "{text}");
    }
}

#[test]
fn links_say_where_the_reader_comes_from() {
    let says = |text: &str| says_origin(&Url::parse(text).unwrap());
    for text in [
        "https://www.example.com/a?cid=tmail_us_footer",
        "https://www.example.com/a?ref=nl-city-p2-c1",
        "https://www.example.com/a?traffic_source=dailynewsletter",
        "https://www.example.com/a?share_origin=email",
        "https://www.example.com/a?ref=klaviyo",
        "https://www.example.com/a?src=nyhetsbrev12",
        "https://www.example.com/a?email_id=12345",
        "https://www.example.com/a?campaign-id=12345",
        "https://www.example.com/a?newsletter=number12",
        "https://www.example.com/dp/0123456789/ref=pe_123_4567",
    ] {
        assert!(says(text), "{text}");
    }
    for text in [
        "https://www.example.com/a?share=email",
        "https://www.example.com/a?ref=nl-NL",
        "https://www.example.com/a?ref=top_bar",
        "https://www.example.com/a?tab=newsletter",
        "https://www.example.com/a?newsletter=1",
        "https://www.example.com/mail/view?mailing_id=12345",
        "https://www.example.com/campaigns/edit?campaignId=12345",
        "https://www.example.com/a?product_id=12345",
        "https://www.example.com/a?mailing_id=ann1%40example.org@",
        "https://www.example.com/ref=",
    ] {
        assert!(!says(text), "{text}");
    }
}
