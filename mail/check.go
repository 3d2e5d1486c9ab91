package mail

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"heraut/fault"
)

// maxText is the longest name in a mail, in bytes; a header line has at most
// 998 (RFC 5322, 2.1.1).
const maxText = 900

// check returns the addresses normalized, or one fault with all fields that
// are wrong.
func (m *Message) check() (to, from, returnPath string, err error) {
	var c checker
	to = c.address("/to", m.To)
	from = c.address("/from", m.From)
	returnPath = from
	if m.ReturnPath != "" {
		returnPath = c.address("/return_path", m.ReturnPath)
	}
	c.messageID("/message_id", m.MessageID)
	c.text("/from_name", m.FromName)
	c.text("/to_name", m.ToName)
	c.text("/organization", m.Organization)
	for i, device := range m.Devices {
		c.text("/devices/"+strconv.Itoa(i), device)
	}
	c.link("/link", m.Link)
	c.link("/stop_link", m.StopLink)
	if m.Logo != "" {
		c.link("/logo", m.Logo)
	}
	if _, ok := languages[m.Language]; !ok {
		c.add("/language", "The language is neither nl nor en.")
	}
	if m.ExpiresAt.IsZero() {
		c.add("/expires_at", "The time of expiry is missing.")
	}
	return to, from, returnPath, c.err()
}

// checker gathers what is wrong with fields.
type checker struct{ fields []fault.Field }

func (c *checker) add(pointer, message string) {
	c.fields = append(c.fields, fault.Field{Pointer: pointer, Message: message})
}

func (c *checker) err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return fault.Invalid(c.fields...)
}

func (c *checker) address(pointer, address string) string {
	normalized, problem := normalizeAddress(address)
	if problem != "" {
		c.add(pointer, problem)
	}
	return normalized
}

func (c *checker) text(pointer, text string) {
	if len(text) > maxText {
		c.add(pointer, "The text is longer than 900 bytes.")
	} else if problem := lineProblem(text); problem != "" {
		c.add(pointer, problem)
	}
}

func (c *checker) link(pointer, link string) {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" ||
		len(link) > maxText || strings.ContainsAny(link, " <>\"") || !isASCII(link) || lineProblem(link) != "" {
		c.add(pointer, "This is not a web address.")
	}
}

// messageID checks a Message-ID (RFC 5322, 3.6.4) in its narrow form.
func (c *checker) messageID(pointer, id string) {
	left, right, found := strings.Cut(id, "@")
	if !found || len(id) > 250 || localProblem(left) != "" || localProblem("x"+right) != "" || !isASCII(id) {
		c.add(pointer, "This is not a Message-ID.")
	}
}

// lineProblem says why a text can not stand on one line of a header.
func lineProblem(text string) string {
	if !utf8.ValidString(text) {
		return "The text is not valid UTF-8."
	}
	for _, r := range text {
		if breaksLine(r) {
			return "The text holds a line break or a control character."
		}
	}
	return ""
}

// breaksLine covers the line separators of Unicode too: what a later reader
// takes for a line end is one.
func breaksLine(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

// privateTexts are the links and their last path segments, the tokens.
func privateTexts(links ...string) []string {
	var texts []string
	for _, link := range links {
		texts = append(texts, link)
		u, err := url.Parse(link)
		if err != nil {
			continue
		}
		for segment := range strings.SplitSeq(u.Path, "/") {
			if len(segment) >= minToken {
				texts = append(texts, segment)
			}
		}
	}
	return texts
}

// minToken is shorter than every token of Heraut and longer than the fixed
// words in its paths.
const minToken = 16
