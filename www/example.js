/** An invented message, for people who have none at hand. Every name and address in it is made up. */

export const EXAMPLE_NAME = 'example.eml';

export const EXAMPLE = `From: Example Garden <news@garden.example>
To: Ann <ann@example.net>
Subject: Your tulip bulbs are on their way
Date: Tue, 1 Sep 2026 09:30:00 +0200
Message-ID: <20260901.1@garden.example>
Disposition-Notification-To: news@garden.example
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Hello Ann,</p>
<p><img src="https://pictures.garden.example/tulips.jpg" width="600" height="300" alt="Tulips"></p>
<p>Your parcel left our greenhouse this morning.
<a href="https://garden.us1.list-manage.com/track/click?u=0123456789abcdef012345678&amp;id=0123456789&amp;e=abcdef0123">Follow it here</a>,
or read <a href="https://garden.example/care?utm_source=newsletter&amp;utm_medium=email&amp;utm_campaign=tulips">how to plant them</a>.</p>
<p><a href="https://garden.example/contact">Questions?</a></p>
<img src="https://garden.us1.list-manage.com/track/open.php?u=0123456789abcdef012345678&amp;id=0123456789&amp;e=abcdef0123" width="1" height="1" alt="">
<img src="https://metrics.garden.example/seen.gif?reader=ann@example.net" width="1" height="1" alt="">
`;
