package scim

import (
	"encoding/json"
	"fmt"
	"strings"
)

// lexer cuts a filter into words: names and numbers, texts in quotes, and the
// signs ( ) [ ].
type lexer struct {
	text string
	at   int
}

// letters are what names and numbers are made of, URNs with dots and colons
// included.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.:$+", c) >= 0
}

// peek gives the next word and stays before it; empty at the end, and for what
// is no word: next tells the two apart.
func (l *lexer) peek() string {
	l.blanks()
	return l.text[l.at:l.end()]
}

// next takes the next word; empty at the end.
func (l *lexer) next() string {
	word := l.peek()
	l.at += len(word)
	return word
}

func (l *lexer) blanks() {
	for l.at < len(l.text) && l.text[l.at] == ' ' {
		l.at++
	}
}

// end is where the word ends that begins here.
func (l *lexer) end() int {
	if l.at == len(l.text) {
		return l.at
	}
	switch c := l.text[l.at]; {
	case c == '"':
		return l.endOfText()
	case isWord(c):
		end := l.at
		for end < len(l.text) && isWord(l.text[end]) {
			end++
		}
		return end
	}
	return l.at + 1 // a sign, or what the parser does not expect
}

// endOfText is behind the closing quotes; without any, at the end.
func (l *lexer) endOfText() int {
	for end := l.at + 1; end < len(l.text); end++ {
		switch l.text[end] {
		case '\\':
			end++
		case '"':
			return end + 1
		}
	}
	return len(l.text)
}

// value reads a word as the JSON value that RFC 7644 wants: a text, a number,
// true, false or null.
func value(word string) (any, error) {
	var v any
	lower := word
	if word != "" && word[0] != '"' {
		lower = strings.ToLower(word) // Entra ID sends True
	}
	if err := json.Unmarshal([]byte(lower), &v); err != nil {
		return nil, bad(invalidFilter, fmt.Sprintf("%s is no value: texts stand in quotes.", clip(word)))
	}
	return v, nil
}

// clip keeps what a client sent short enough for an answer.
func clip(word string) string {
	const most = 60
	if word == "" {
		return "The end"
	}
	if len(word) > most {
		return strings.ToValidUTF8(word[:most], "") + "…"
	}
	return word
}
