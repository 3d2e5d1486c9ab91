package smtpsim

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

//go:embed inbox
var inboxFiles embed.FS

var inboxPages = template.Must(template.ParseFS(inboxFiles, "inbox/*.html"))

const (
	pageSize = 100 // messages on one page of the list
	// pagePolicy allows the pages no script at all.
	pagePolicy = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'"
	// mailPolicy is for a mail's own HTML, which comes from anywhere: inline
	// style, and links that open beside the inbox.
	mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; " +
		"sandbox allow-popups allow-popups-to-escape-sandbox"
)

// Inbox shows the messages that are kept:
//
//	GET /               the newest first; ?q= part of a recipient or subject, ?before= a number
//	GET /mail/{number}  one mail: its text, HTML and links
//	GET /messages.json  for scripts: ?to= an address, ?after= a number
func (s *Sink) Inbox() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showList)
	mux.HandleFunc("GET /mail/{number}", s.showMail)
	mux.HandleFunc("GET /mail/{number}/html", s.showHTML)
	mux.HandleFunc("GET /messages.json", s.showJSON)
	mux.HandleFunc("GET /style.css", showStyle)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

// listPage is what list.html shows.
type listPage struct {
	Query    string
	Total    int
	Messages []Message
	Older    int // the number to go on before; 0: no more
	Pushes   string
	Devices  string
}

func (s *Sink) showList(w http.ResponseWriter, r *http.Request) {
	page := listPage{Query: strings.TrimSpace(r.FormValue("q")), Total: s.Total(), Pushes: s.options.Pushes, Devices: s.options.Devices}
	before, err := strconv.Atoi(r.FormValue("before"))
	for _, m := range slices.Backward(s.Messages()) {
		if err == nil && m.Number >= before || !m.mentions(page.Query) {
			continue
		}
		if len(page.Messages) == pageSize {
			page.Older = page.Messages[pageSize-1].Number
			break
		}
		page.Messages = append(page.Messages, m)
	}
	render(w, "list.html", page)
}

func (m *Message) mentions(query string) bool {
	text := strings.ToLower(strings.Join(m.To, " ") + " " + m.Subject)
	return strings.Contains(text, strings.ToLower(query))
}

// mailPage is what mail.html shows.
type mailPage struct {
	Message
	Author string // of the From field
	Text   string
	HTML   bool
	Links  []string
}

func (s *Sink) showMail(w http.ResponseWriter, r *http.Request) {
	m, ok := s.find(w, r)
	if !ok {
		return
	}
	render(w, "mail.html", mailPage{
		Message: m,
		Author:  m.Header("From"),
		Text:    m.Text(),
		HTML:    m.HTML() != "",
		Links:   m.Links(),
	})
}

func (s *Sink) showHTML(w http.ResponseWriter, r *http.Request) {
	m, ok := s.find(w, r)
	if !ok {
		return
	}
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, `<base target="_blank">`+m.HTML()) // the reader may be gone
}

func (s *Sink) find(w http.ResponseWriter, r *http.Request) (Message, bool) {
	number, err := strconv.Atoi(r.PathValue("number"))
	m, ok := s.Message(number)
	if err != nil || !ok {
		http.NotFound(w, r)
		return Message{}, false
	}
	return m, true
}

// jsonMessage is a message with what is in it.
type jsonMessage struct {
	Message
	Text  string   `json:"text"`
	Links []string `json:"links"`
}

func (s *Sink) showJSON(w http.ResponseWriter, r *http.Request) {
	messages := s.Messages()
	if to := r.FormValue("to"); to != "" {
		messages = s.MessagesTo(to)
	}
	after, err := strconv.Atoi(r.FormValue("after"))
	items := []jsonMessage{}
	for _, m := range messages {
		if err != nil || m.Number > after {
			items = append(items, jsonMessage{Message: m, Text: m.Text(), Links: m.Links()})
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"total": s.Total(), "messages": items}) // the reader may be gone
}

func render(w http.ResponseWriter, name string, page any) {
	var body bytes.Buffer
	if err := inboxPages.ExecuteTemplate(&body, name, page); err != nil {
		http.Error(w, "The page could not be written.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(body.Bytes()) // the reader may be gone
}

func showStyle(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, inboxFiles, "inbox/style.css")
}
