package appsbookssim

import (
	"net/http"
	"time"
)

// LookupPath is where the store tells what an app or a book is called.
const LookupPath = "/WebObjects/MZStorePlatform.woa/wa/lookup"

// SetLookup changes the address of the lookup in the service config.
func (s *Server) SetLookup(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lookupURL = address
}

// lookup answers as the content metadata lookup does (source: "Getting app and
// book information (Legacy)"): anybody is told of what is on sale, and of a
// custom app only whose cookie has the token of a location that owns it.
func (s *Server) lookup(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	rule, scripted := s.faults.next(r.Method, LookupPath)
	c := &call{server: s, path: LookupPath, request: r, rule: rule}
	if scripted && rule.answers() {
		s.play(w, c)
		return
	}
	if r.Method != http.MethodGet || q.Get("version") != "2" || q.Get("p") != "mdm-lockup" || q.Get("caller") != "MDM" || q.Get("cc") == "" {
		s.write(w, c, http.StatusBadRequest, 0, map[string]any{})
		return
	}
	results := map[string]any{}
	if name := s.nameOf(q.Get("id"), r); name != "" {
		results[q.Get("id")] = map[string]any{"name": name, "id": q.Get("id")}
	}
	s.write(w, c, http.StatusOK, 0, map[string]any{"results": results, "version": 2, "isAuthenticated": false})
}

func (s *Server) nameOf(adamID string, r *http.Request) string {
	var asker *location
	s.mu.Lock()
	defer s.mu.Unlock()
	if shown, err := r.Cookie("itvt"); err == nil {
		if t := s.tokens[shown.Value]; t != nil && !t.revoked && time.Now().Before(t.expires) {
			asker = t.location
		}
	}
	for _, l := range s.locations {
		for _, a := range l.assets {
			if a.AdamID == adamID && a.name != "" && (!a.custom || l == asker) {
				return a.name
			}
		}
	}
	return ""
}
