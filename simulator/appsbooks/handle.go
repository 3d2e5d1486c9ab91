package appsbookssim

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	base    = "/mdm/v2"
	maxBody = 4 << 20
	// keep is how many requests and notifications are remembered.
	keep = 100_000
)

// call is a request under way.
type call struct {
	server   *Server
	location *location
	token    *token
	path     string
	request  *http.Request
	body     []byte
	rule     Rule // the fault that was scripted for it; zero: none
	elements int
}

// endpoint does a call with the server's lock held.
type endpoint func(*call) (map[string]any, *failure)

// route finds the endpoint of a path for a method; known tells that the path
// exists.
func route(method, path string) (e endpoint, known bool) {
	type methods struct{ get, post endpoint }
	m, known := map[string]methods{
		"/client/config":       {get: getClientConfig},
		"/users":               {get: getUsers},
		"/users/create":        {post: createUsers},
		"/users/update":        {post: updateUsers},
		"/users/retire":        {post: retireUsers},
		"/status":              {get: getStatus},
		"/assets":              {get: getAssets},
		"/assignments":         {get: getAssignments},
		"/assets/associate":    {post: associateAssets},
		"/assets/disassociate": {post: disassociateAssets},
		"/assets/revoke":       {post: revokeAssets},
	}[path]
	if method == http.MethodPost {
		return m.post, known
	}
	if method == http.MethodGet {
		return m.get, known
	}
	return nil, known
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, base)
	if !ok {
		http.NotFound(w, r)
		return
	}
	c := &call{server: s, path: path, request: r}
	c.body, _ = io.ReadAll(io.LimitReader(r.Body, maxBody)) // a body that was cut is no JSON
	rule, scripted := s.faults.next(r.Method, path)
	c.rule = rule
	if scripted && rule.answers() && !rule.Taken {
		s.play(w, c)
		return
	}
	body, refused := s.do(c)
	if scripted && rule.answers() {
		s.play(w, c)
		return
	}
	s.reply(w, c, body, refused)
}

// do answers a call: who asks, how often, what.
func (s *Server) do(c *call) (map[string]any, *failure) {
	if c.path == "/service/config" {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.serviceConfig(), nil
	}
	if refused := s.admit(c); refused != nil {
		return nil, refused
	}
	if c.path == "/client/config" && c.request.Method == http.MethodPost {
		return s.setClientConfig(c) // calls out, so without the lock
	}
	do, known := route(c.request.Method, c.path)
	switch {
	case !known:
		return nil, &failure{number: 9602}
	case do == nil:
		return nil, refuse(9726)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	body, refused := do(c)
	return c.decorate(body), refused
}

// admit checks the token, the rate and the form of a call.
func (s *Server) admit(c *call) *failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	header := c.request.Header.Get("Authorization")
	text, bearer := strings.CutPrefix(header, "Bearer ")
	t := s.tokens[text]
	switch {
	case header == "":
		return refuse(9601)
	case !bearer || text == "":
		return refuse(9622)
	case t == nil:
		return refuse(9601)
	case t.revoked:
		return refuse(9625)
	case !time.Now().Before(t.expires):
		return refuse(9621)
	}
	c.token, c.location = t, t.location
	if !c.location.arrive(time.Now(), s.limits["maxRequestPerSecond"]) {
		return refuse(9646)
	}
	if c.request.Method != http.MethodPost {
		return nil
	}
	if kind, _, err := mime.ParseMediaType(c.request.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return refuse(9727)
	}
	if !json.Valid(c.body) {
		return refuse(9602)
	}
	return nil
}

// arrive counts a request; false when the second before it was full.
func (l *location) arrive(now time.Time, limit int) bool {
	for len(l.arrivals) > 0 && now.Sub(l.arrivals[0]) >= time.Second {
		l.arrivals = l.arrivals[1:]
	}
	if len(l.arrivals) >= limit {
		return false
	}
	l.arrivals = append(l.arrivals, now)
	return true
}

// decorate adds what every answer about a location has.
func (c *call) decorate(body map[string]any) map[string]any {
	if body == nil {
		return nil
	}
	body["uId"] = c.location.uid
	body["tokenExpirationDate"] = c.token.expires.Format(dateLayout)
	if info := c.location.config.info; info != nil {
		body["mdmInfo"] = *info
	}
	return body
}

func (s *Server) reply(w http.ResponseWriter, c *call, body map[string]any, refused *failure) {
	status, number := http.StatusOK, 0
	if refused != nil {
		status, _ = wordsOf(refused.number)
		number, body = refused.number, refused.json()
	}
	s.write(w, c, status, number, body)
}

func (s *Server) write(w http.ResponseWriter, c *call, status, number int, body any) {
	s.keepState()
	s.record(c, status, number)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

func (s *Server) record(c *call, status, number int) {
	s.log.Info("apps and books asked", "method", c.request.Method, "path", c.path, "status", status, "number", number)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) >= keep {
		s.requests = slices.Delete(s.requests, 0, keep/2)
	}
	s.requests = append(s.requests, Request{
		At: time.Now(), Method: c.request.Method, Path: c.path, Elements: c.elements, Status: status, Number: number,
	})
}
