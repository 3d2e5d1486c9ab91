package appsbookssim

import (
	_ "embed"
	"html/template"
	"net/http"
)

// InvitePath is where Apple's own invite URLs lead.
const InvitePath = "/WebObjects/MZFinance.woa/wa/associateVPPUserWithITSAccount"

//go:embed invite.html
var invitePage string

type inviteView struct {
	Organization, Problem string
	Open, Done            bool
}

// Page is the page behind invite URLs, where a person signs in and accepts;
// the server shows it by itself, and a demo may show it elsewhere too.
func (s *Server) Page() http.Handler {
	page := template.Must(template.New("invite").Parse(invitePage))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != InvitePath {
			http.NotFound(w, r)
			return
		}
		status, view := s.visit(r)
		s.keepState()
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		w.WriteHeader(status)
		_ = page.Execute(w, view) // the client may be gone
	})
}

// visit opens the page, and accepts by POST.
func (s *Server) visit(r *http.Request) (status int, view inviteView) {
	code := r.URL.Query().Get("inviteCode")
	s.mu.Lock()
	l, u := s.invited(code)
	if u == nil {
		s.mu.Unlock()
		return http.StatusNotFound, inviteView{Problem: ErrUnknownCode.Error()}
	}
	view = inviteView{Organization: l.org, Open: u.Status == registered}
	if !view.Open {
		view.Problem = "this invitation is not open"
	}
	s.mu.Unlock()
	if r.Method != http.MethodPost {
		return http.StatusOK, view
	}
	if err := s.Accept(code, r.PostFormValue("account")); err != nil {
		view.Problem = err.Error()
		return http.StatusConflict, view
	}
	view.Done = true
	return http.StatusOK, view
}
