package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/settings"
)

func TestEnrollmentByLinkAndCode(t *testing.T) {
	p := demoParts(t, t.TempDir())
	p.config.PublicURL, p.patient = "https://heraut.example", patientEngine{nil, newErrands(p.log)}
	handler, err := p.handler("", t.TempDir())
	require.NoError(t, err)
	ask := func(method, path string, form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	u, err := p.store.CreateUser(t.Context(), operatorKey, people.User{FullName: "Zoë"})
	require.NoError(t, err)
	token, code := linkFor(t, p, u.ID)

	require.Equal(t, http.StatusOK, ask(http.MethodGet, "/enroll", nil).Code)
	led := ask(http.MethodPost, "/enroll", url.Values{"code": {strings.ToLower(code)}})
	require.Equal(t, http.StatusSeeOther, led.Code)
	require.Equal(t, "/enroll/"+token, led.Header().Get("Location"))
	require.Contains(t, ask(http.MethodGet, "/enroll/"+token, nil).Body.String(), "Zoë")
	require.Equal(t, http.StatusServiceUnavailable, ask(http.MethodPost, "/enroll/"+token, nil).Code, "no push certificate")
	require.Equal(t, http.StatusNotFound, ask(http.MethodPost, "/enroll", url.Values{"code": {"00000-00000"}}).Code)
	require.Equal(t, http.StatusNotFound, ask(http.MethodGet, "/enrollment", nil).Code)
}

func linkFor(t *testing.T, p *parts, userID string) (token, code string) {
	t.Helper()
	const id = "0b7e7c7e-2f1b-4c53-9c5e-000000000001"
	token, code = p.keys.Link(secrets.LinkEnroll, id, enrollLink), p.keys.Code(id)
	_, err := p.store.CreateEnrollmentLink(t.Context(), operatorKey, people.EnrollmentLink{ID: id, UserID: userID}, secrets.LinkHash(token), p.keys.CodeHash(code), time.Hour)
	require.NoError(t, err)
	return token, code
}

func TestCodesSurviveARotation(t *testing.T) {
	p := demoParts(t, t.TempDir())
	u, err := p.store.CreateUser(t.Context(), operatorKey, people.User{FullName: "Zoë"})
	require.NoError(t, err)
	token, code := linkFor(t, p, u.ID)
	rotated, err := secrets.Rotate(p.config.SecretsPath())
	require.NoError(t, err)
	e := enrollment{store: p.store, settings: p.settings, keys: rotated}
	got, err := e.ByCode(t.Context(), code)
	require.NoError(t, err)
	require.Equal(t, token, got)
	for _, strange := range []string{"", "no code", rotated.Code("another")} {
		_, err := e.ByCode(t.Context(), strange)
		require.Equal(t, fault.NotFound, fault.CodeOf(err), strange)
	}
}

func TestProfilesNeedAPushCertificate(t *testing.T) {
	p := demoParts(t, t.TempDir())
	made := func(context.Context, people.EnrollmentLink, string) ([]byte, error) { return []byte("profile"), nil }
	e := enrollment{store: p.store, settings: p.settings, keys: p.keys, make: made}
	_, err := e.Profile(t.Context(), people.EnrollmentLink{}, "nl")
	require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	_, err = p.store.PutSetting(t.Context(), operatorKey, settings.NamePush(people.PushMDM), settings.PushCertificate{PEM: "x"}, []byte("key"), nil)
	require.NoError(t, err)
	profile, err := e.Profile(t.Context(), people.EnrollmentLink{}, "nl")
	require.NoError(t, err)
	require.Equal(t, "profile", string(profile))
	_, err = p.store.PutSetting(t.Context(), operatorKey, settings.NameMDMServer, settings.MDMServer{Mode: settings.MDMExternal}, nil, nil)
	require.NoError(t, err)
	_, err = e.Profile(t.Context(), people.EnrollmentLink{}, "nl")
	require.Equal(t, fault.Unavailable, fault.CodeOf(err), "devices enroll elsewhere")
}
