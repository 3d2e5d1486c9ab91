package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"heraut/internal/secrets"
	"heraut/people"
)

const (
	sessionCookie = "heraut_engine"
	// sessionLife is how long a browser may decode before it asks again.
	sessionLife = 12 * time.Hour
)

// CreateEngineSession answers POST /v1/engine-session.
func (h *handlers) CreateEngineSession(ctx context.Context, _ CreateEngineSessionRequestObject) (CreateEngineSessionResponseObject, error) {
	cookie := &http.Cookie{ //nolint:gosec // Secure where Heraut is reached by HTTPS; serve on loopback has none
		Name: sessionCookie, Value: h.sessions().issue(caller(ctx).ID, time.Now().Add(sessionLife)), Path: "/",
		MaxAge: int(sessionLife / time.Second), HttpOnly: true, Secure: h.d.Secure, SameSite: http.SameSiteStrictMode,
	}
	return CreateEngineSession204Response{Headers: CreateEngineSession204ResponseHeaders{SetCookie: cookie.String()}}, nil
}

func (h *handlers) sessions() Sessions { return Sessions{Secrets: h.d.Secrets, Keys: h.d.Keys} }

// Sessions checks the cookie of POST /v1/engine-session, for the codec that
// the Temporal UI calls.
type Sessions struct {
	Secrets *secrets.Keyring
	Keys    Keys
}

// Valid tells whether the request has a session of an API key that is still
// an operator's: a revoked key's sessions end with it.
func (s Sessions) Valid(r *http.Request) bool {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return false
	}
	keyID, ok := s.check(cookie.Value, time.Now())
	if !ok {
		return false
	}
	key, err := s.Keys.Key(r.Context(), keyID)
	return err == nil && key.Role.Includes(people.Operator)
}

// issue writes "<master key id>.<API key id>.<unix time>.<HMAC>".
func (s Sessions) issue(keyID string, until time.Time) string {
	id, key := s.Secrets.Current(secrets.ForCookie)
	text := id + "." + keyID + "." + strconv.FormatInt(until.Unix(), 10)
	return text + "." + sign(key, text)
}

func (s Sessions) check(value string, now time.Time) (keyID string, ok bool) {
	parts := strings.Split(value, ".")
	if len(parts) != 4 {
		return "", false
	}
	key, known := s.Secrets.ByID(secrets.ForCookie, parts[0])
	if !known || !hmac.Equal([]byte(sign(key, strings.Join(parts[:3], "."))), []byte(parts[3])) {
		return "", false
	}
	until, err := strconv.ParseInt(parts[2], 10, 64)
	return parts[1], err == nil && now.Before(time.Unix(until, 0))
}

func sign(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte("engine session " + text)) // a hash never fails
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
