package mail

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"regexp"
	"strings"
)

const (
	// maxParts and maxPartDepth bound what a report is searched for.
	maxParts     = 50
	maxPartDepth = 5
	// maxStatus bounds a message/delivery-status part in bytes.
	maxStatus = 64 << 10
)

// parseReport finds the delivery status in a mail (RFC 3464) and returns the
// worst it says; ok is false where it tells of neither failure nor delay. It
// forgives much: servers differ in how they wrap a report. Of a large one it
// keeps the status alone, and leaves unread what follows.
func parseReport(data io.Reader) (b Bounce, ok bool) {
	m, err := netmail.ReadMessage(data)
	if err != nil {
		return Bounce{}, false
	}
	parts := maxParts
	status := findStatus(textproto.MIMEHeader(m.Header), m.Body, maxPartDepth, &parts)
	for _, fields := range statusGroups(status) {
		group, found := groupBounce(fields)
		if found && (!ok || group.Permanent && !b.Permanent) {
			b, ok = group, true
		}
	}
	return b, ok
}

// findStatus returns the first message/delivery-status part, or its form for
// addresses beyond ASCII (RFC 6533), at any depth.
func findStatus(header textproto.MIMEHeader, body io.Reader, depth int, parts *int) []byte {
	media, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return nil
	}
	if media == "message/delivery-status" || media == "message/global-delivery-status" {
		status, _ := io.ReadAll(io.LimitReader(decodedBody(header, body), maxStatus)) // what could be read may be enough
		return status
	}
	if !strings.HasPrefix(media, "multipart/") || depth == 0 {
		return nil
	}
	reader := multipart.NewReader(body, parameters["boundary"])
	for ; *parts > 0; *parts-- {
		part, err := reader.NextRawPart()
		if err != nil {
			return nil
		}
		if status := findStatus(part.Header, part, depth-1, parts); status != nil {
			return status
		}
	}
	return nil
}

func decodedBody(header textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(header.Get("Content-Transfer-Encoding"))) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

// statusGroups splits a delivery status into its groups of fields: one for the
// message, then one for each recipient. Names are in lower case.
func statusGroups(status []byte) []map[string]string {
	var groups []map[string]string
	group := make(map[string]string)
	name := ""
	lines := bufio.NewScanner(bytes.NewReader(status))
	lines.Buffer(nil, maxStatus+1)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.TrimSpace(line) == "":
			groups = append(groups, group)
			group, name = make(map[string]string), ""
		case line[0] == ' ' || line[0] == '\t':
			if name != "" {
				group[name] += " " + strings.TrimSpace(line)
			}
		default:
			field, value, _ := strings.Cut(line, ":")
			name = strings.ToLower(strings.TrimSpace(field))
			group[name] = strings.TrimSpace(value)
		}
	}
	return append(groups, group)
}

var (
	statusPattern = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	replyPattern  = regexp.MustCompile(`\b[45]\d\d\b`)
)

// groupBounce reads one recipient's group. What the action does not say, the
// status does, and what the status does not, the server's words.
func groupBounce(fields map[string]string) (b Bounce, ok bool) {
	words := fields["diagnostic-code"]
	if kind, rest, found := strings.Cut(words, ";"); found && !strings.ContainsAny(kind, " \t") {
		words = rest
	}
	status := statusPattern.FindString(fields["status"])
	if status == "" {
		status = statusPattern.FindString(words)
	}
	if status == "" {
		if code := replyPattern.FindString(words); code != "" {
			status = code[:1] + ".0.0"
		}
	}
	action, _, _ := strings.Cut(strings.ToLower(fields["action"]), " ")
	switch action {
	case "failed":
		b.Permanent = true
	case "delayed":
	case "":
		if status == "" || status[0] == '2' {
			return Bounce{}, false
		}
		b.Permanent = status[0] == '5'
	default: // delivered, relayed, expanded
		return Bounce{}, false
	}
	b.Status = orStatus(status, b.Permanent)
	b.Words = answer(words, nil)
	return b, true
}

func orStatus(status string, permanent bool) string {
	switch {
	case status != "":
		return status
	case permanent:
		return "5.0.0"
	default:
		return "4.0.0"
	}
}
