package mail_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/mail"
)

// letter is a written mail, read back with the standard library.
type letter struct {
	header     netmail.Header
	text, html string
}

func read(t *testing.T, e mail.Envelope) letter {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(e.Data))
	require.NoError(t, err)
	media, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", media)

	l := letter{header: m.Header}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for _, part := range []struct {
		media string
		into  *string
	}{{"text/plain", &l.text}, {"text/html", &l.html}} {
		p, err := parts.NextRawPart()
		require.NoError(t, err)
		media, parameters, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		require.NoError(t, err)
		require.Equal(t, part.media, media)
		require.Equal(t, "UTF-8", parameters["charset"])
		content, err := io.ReadAll(quotedprintable.NewReader(p))
		require.NoError(t, err)
		*part.into = string(content)
	}
	_, err = parts.NextRawPart()
	require.ErrorIs(t, err, io.EOF)
	return l
}

func (l letter) decoded(t *testing.T, field string) string {
	t.Helper()
	value, err := new(mime.WordDecoder).DecodeHeader(l.header.Get(field))
	require.NoError(t, err)
	return value
}

func TestComposeHeaders(t *testing.T) {
	m := invite()
	m.FromName, m.ToName = "Scholengroep Café", "Zoë"
	m.ReturnPath = mail.ReturnPath(bounceSecret, deliveryID, bounceDomain)
	e := compose(t, m)
	require.Equal(t, m.ReturnPath, e.ReturnPath)
	require.Equal(t, "sanne@school.test", e.To)
	require.False(t, e.SMTPUTF8)

	l := read(t, e)
	require.Equal(t, "<1@school.test>", l.header.Get("Message-Id"))
	require.Equal(t, "Scholengroep Café <heraut@school.test>", l.decoded(t, "From"))
	require.Equal(t, "Zoë <sanne@school.test>", l.decoded(t, "To"))
	require.Equal(t, "<"+m.StopLink+">", l.header.Get("List-Unsubscribe"))
	require.Equal(t, "List-Unsubscribe=One-Click", l.header.Get("List-Unsubscribe-Post"))
	require.Equal(t, "auto-generated", l.header.Get("Auto-Submitted"))
	date, err := l.header.Date()
	require.NoError(t, err)
	require.True(t, date.Equal(m.Date))
	for line := range strings.SplitSeq(string(e.Data), "\r\n") {
		require.LessOrEqual(t, len(line), 998)
		require.NotContains(t, line, "\n")
	}
}

func TestComposeIsTheSameTwice(t *testing.T) {
	first, second := compose(t, invite()), compose(t, invite())
	require.Equal(t, string(first.Data), string(second.Data))
}

func TestComposeTexts(t *testing.T) {
	for language, c := range map[string]struct{ subject, reminder, invitation, button, until, stop string }{
		"nl": {
			"Uitnodiging: schrijf je in voor beheerde distributie bij De Vlier",
			"Herinnering: schrijf je in voor beheerde distributie bij De Vlier",
			"in te schrijven voor beheerde distributie", ">Log in</a>", "12 mei 2026 om 14:00 uur (CEST)", "herinneringen",
		},
		"en": {
			"Invitation: enroll in managed distribution at De Vlier",
			"Reminder: enroll in managed distribution at De Vlier",
			"enroll in managed distribution", ">Sign in</a>", "12 May 2026 at 14:00 (CEST)", "reminders",
		},
	} {
		m := invite()
		m.Language = language
		var err error
		m.Location, err = time.LoadLocation("Europe/Amsterdam")
		require.NoError(t, err)
		l := read(t, compose(t, m))
		require.Equal(t, c.subject, l.decoded(t, "Subject"))
		require.Contains(t, l.html, c.button)
		require.Contains(t, l.html, `<html lang="`+language+`">`)
		require.Contains(t, l.html, `href="`+m.Link+`"`)
		for _, body := range []string{l.text, l.html} {
			for _, words := range []string{c.invitation, c.until, c.stop, "De Vlier", "Sanne de Wit", "iPad van Sanne", m.Link, m.StopLink} {
				require.Contains(t, body, words)
			}
		}

		m.Reminder, m.Devices, m.ToName = true, nil, ""
		l = read(t, compose(t, m))
		require.Equal(t, c.reminder, l.decoded(t, "Subject"))
		require.NotContains(t, l.html, "<ul>")
		require.NotContains(t, l.text, "  ")
	}
}

func TestComposeEscapesMarkup(t *testing.T) {
	for _, name := range []string{
		`<script>alert(1)</script>`, `{{.Link}}`, `"><img src=x>`, `%s%n`, `${7*7}`, `<a href="https://evil.test">x</a>`,
	} {
		m := invite()
		m.ToName, m.Organization, m.FromName, m.Devices = name, name, name, []string{name}
		l := read(t, compose(t, m))
		require.NotContains(t, l.html, "<script>")
		require.NotContains(t, l.html, "<img")
		require.NotContains(t, l.html, "evil.test\">")
		require.Contains(t, l.text, name)
		require.Equal(t, 2, strings.Count(l.html, "<a "))
		from, err := l.header.AddressList("From")
		require.NoError(t, err)
		require.Len(t, from, 1)
		require.Equal(t, "heraut@school.test", from[0].Address)
	}
}

// A line break in any field never reaches a header.
func TestComposeRefusesInjection(t *testing.T) {
	fields := map[string]func(*mail.Message) *string{
		"/message_id":   func(m *mail.Message) *string { return &m.MessageID },
		"/from":         func(m *mail.Message) *string { return &m.From },
		"/from_name":    func(m *mail.Message) *string { return &m.FromName },
		"/return_path":  func(m *mail.Message) *string { return &m.ReturnPath },
		"/to":           func(m *mail.Message) *string { return &m.To },
		"/to_name":      func(m *mail.Message) *string { return &m.ToName },
		"/organization": func(m *mail.Message) *string { return &m.Organization },
		"/devices/0":    func(m *mail.Message) *string { return &m.Devices[0] },
		"/link":         func(m *mail.Message) *string { return &m.Link },
		"/stop_link":    func(m *mail.Message) *string { return &m.StopLink },
		"/language":     func(m *mail.Message) *string { return &m.Language },
	}
	for pointer, field := range fields {
		for _, evil := range []string{"\r", "\n", "\r\nBcc: x@evil.test", "\x00", "\u2028", "\u2029", "\u0085", "\xff"} {
			m := invite()
			m.ReturnPath = "bounce@school.test"
			*field(&m) += evil
			_, err := mail.Compose(m)
			require.True(t, fault.Is(err, fault.InvalidRequest), "%s %q", pointer, evil)
			require.Equal(t, pointer, pointers(err)[0])
			require.NotContains(t, err.Error(), "evil")
		}
	}
}

func TestComposeRefusesLinks(t *testing.T) {
	for _, link := range []string{"", "javascript:alert(1)", "/i/x", "https://", "https://a.test/ b", "https://a.test/<x>", "https://a.test/é"} {
		m := invite()
		m.Link = link
		_, err := mail.Compose(m)
		require.True(t, fault.Is(err, fault.InvalidRequest), link)
	}
}

func TestComposeShowsTheLogo(t *testing.T) {
	m := invite()
	require.NotContains(t, read(t, compose(t, m)).html, "<img")

	m.Logo = "https://heraut.example/i/assets/logo.0a1b.png"
	l := read(t, compose(t, m))
	require.Contains(t, l.html, `<img src="https://heraut.example/i/assets/logo.0a1b.png" alt="De Vlier"`)
	require.NotContains(t, l.text, "logo")

	m.Logo = "javascript:alert(1)"
	_, err := mail.Compose(m)
	require.Equal(t, []string{"/logo"}, pointers(err))
}

func TestComposeNamesEachWrongField(t *testing.T) {
	_, err := mail.Compose(mail.Message{})
	require.Equal(t, []string{"/to", "/from", "/message_id", "/link", "/stop_link", "/language", "/expires_at"}, pointers(err))
}
