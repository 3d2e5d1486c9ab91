package smtpsim

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

// topHeaders reads what lists show; a message that is not one has neither.
func topHeaders(data []byte) (messageID, subject string) {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return "", ""
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		subject = m.Header.Get("Subject")
	}
	return strings.Trim(m.Header.Get("Message-Id"), "<> "), subject
}

// Header returns a header field's value, decoded; empty if there is none.
func (m *Message) Header(name string) string {
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Data))
	if err != nil {
		return ""
	}
	value := parsed.Header.Get(name)
	if decoded, err := new(mime.WordDecoder).DecodeHeader(value); err == nil {
		return decoded
	}
	return value
}

// Text is the mail's plain text, or nothing.
func (m *Message) Text() string { return m.part("text/plain") }

// HTML is the mail's HTML as it was sent, or nothing. It is not safe to show
// outside of a sandbox.
func (m *Message) HTML() string { return m.part("text/html") }

var linkPattern = regexp.MustCompile(`https?://[^\s<>"]+`)

// Links are the web addresses in the mail's text, each once, in their order.
func (m *Message) Links() []string {
	var links []string
	for _, link := range linkPattern.FindAllString(m.Text(), -1) {
		link = strings.TrimRight(link, ".,;:!?)")
		if !slices.Contains(links, link) {
			links = append(links, link)
		}
	}
	return links
}

func (m *Message) part(kind string) string {
	parsed, err := mail.ReadMessage(bytes.NewReader(m.Data))
	if err != nil {
		return ""
	}
	return findPart(textproto.MIMEHeader(parsed.Header), parsed.Body, kind, 0)
}

// maxDepth of parts within parts.
const maxDepth = 5

func findPart(header textproto.MIMEHeader, body io.Reader, kind string, depth int) string {
	media, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		media = "text/plain"
	}
	if media == kind {
		text, _ := io.ReadAll(decoded(header, body)) // what could be read is shown
		return string(text)
	}
	if !strings.HasPrefix(media, "multipart/") || depth == maxDepth {
		return ""
	}
	parts := multipart.NewReader(body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err != nil {
			return ""
		}
		if found := findPart(part.Header, part, kind, depth+1); found != "" {
			return found
		}
	}
}

func decoded(header textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}
