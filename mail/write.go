package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// write returns the mail's bytes.
func (m *Message) write(from, to string) ([]byte, error) {
	page := m.page()
	texts := languages[m.Language]
	subject, err := render(texts.plain.Lookup("subject"), page)
	if err != nil {
		return nil, fmt.Errorf("writing the subject of a mail: %w", err)
	}
	msg := m.headers(from, to, subject)
	if err := setBody(msg, texts, page); err != nil {
		return nil, err
	}

	var out bytes.Buffer
	if _, err := msg.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("writing a mail: %w", err)
	}
	return out.Bytes(), nil
}

// headers makes the mail without its body. Every value was checked to be one
// line.
func (m *Message) headers(from, to, subject string) *gomail.Msg {
	date := m.Date
	if date.IsZero() {
		date = time.Now()
	}
	msg := newMsg(m.MessageID)
	msg.FromMailAddress(&mail.Address{Name: m.FromName, Address: from})
	msg.ToMailAddress(&mail.Address{Name: m.ToName, Address: to})
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(date)
	msg.Subject(subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("Content-Language", m.Language)
	// Not through go-mail's own helper: it refuses http, which a demo on
	// loopback has. Preformatted, because a long address must not be folded.
	msg.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+m.StopLink+">")
	msg.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	return msg
}

// newMsg makes an empty mail whose boundary follows from its id, so that a
// second copy is the same to the byte.
func newMsg(id string) *gomail.Msg {
	sum := sha256.Sum256([]byte(id))
	return gomail.NewMsg(gomail.WithNoDefaultUserAgent(),
		gomail.WithBoundary(hex.EncodeToString(sum[:20])))
}

func setBody(msg *gomail.Msg, texts language, page page) error {
	plain, err := render(texts.plain.Lookup("text"), page)
	if err != nil {
		return fmt.Errorf("writing the text of a mail: %w", err)
	}
	markup, err := render(texts.markup.Lookup("html"), page)
	if err != nil {
		return fmt.Errorf("writing the HTML of a mail: %w", err)
	}
	msg.SetBodyString(gomail.TypeTextPlain, plain)
	msg.AddAlternativeString(gomail.TypeTextHTML, markup)
	return nil
}

// executor is what text/template and html/template share.
type executor interface {
	Execute(w io.Writer, data any) error
}

func render(t executor, p page) (string, error) {
	var out strings.Builder
	err := t.Execute(&out, p)
	return out.String(), err
}
