package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/console/signin"
	"heraut/people"
)

// school is a house with an identity provider.
func school(t *testing.T) (*house, *provider) {
	t.Helper()
	p := newProvider(t)
	h := openHouse(t, false, p.client())
	h.oidc = p.settings()
	return h, p
}

// visit goes to the provider and gives the address that it sends back to.
func (b *browser) visit(p *provider, next string) (back string) {
	b.h.t.Helper()
	start := b.get("/oidc/start?next=" + url.QueryEscape(next))
	require.Equal(b.h.t, http.StatusSeeOther, start.status, start.body)
	there := &browser{h: b.h, client: &http.Client{Transport: p.server.Client().Transport, CheckRedirect: b.client.CheckRedirect}}
	sent := there.get(start.location)
	require.Equal(b.h.t, http.StatusFound, sent.status, sent.body)
	return sent.location
}

func TestSignInAtAProvider(t *testing.T) {
	h, p := school(t)
	b := h.browser()
	page := b.get("/sign-in?next=%2Fusers")
	require.Contains(t, page.body, `href="/oidc/start?next=%2Fusers"`)
	require.Contains(t, page.body, "Sign in with School")
	back := b.visit(p, "/users")
	before := b.cookie()
	got := b.get(back)
	require.Equal(t, http.StatusSeeOther, got.status, got.body)
	require.Equal(t, "/users", got.location)
	require.NotEqual(t, before, b.cookie(), "the token is a new one")
	b.requireIn("zoe@example.org")
	require.Equal(t, http.StatusOK, b.post("/users", nil).status, "an operator")
	require.Equal(t, http.StatusForbidden, b.get("/settings").status)

	again := b.get(back)
	require.Equal(t, http.StatusBadRequest, again.status, "a state works once")
	require.Contains(t, again.body, `href="/sign-in"`)
	b.requireIn("zoe@example.org")
	require.NotContains(t, h.log.String(), "zoe@example.org")
}

func TestRolesFollowTheClaim(t *testing.T) {
	h, p := school(t)
	h.admin("root", people.Admin)
	b := h.browser()
	require.Equal(t, http.StatusSeeOther, b.get(b.visit(p, "/")).status)
	other := h.browser()
	p.set(map[string]any{"realm": map[string]any{"roles": "ict"}, "email": "another@example.org", "name": "Another"})
	require.Equal(t, http.StatusSeeOther, other.get(other.visit(p, "/")).status)
	require.Equal(t, http.StatusOK, other.get("/settings").status)
	b.requireOut() // the role changed, so whoever was signed in begins anew
	other.requireIn("zoe@example.org")

	p.set(map[string]any{"realm": map[string]any{"roles": []string{"pupils"}}})
	got := b.get(b.visit(p, "/users"))
	require.Equal(t, http.StatusForbidden, got.status)
	require.Contains(t, got.body, "has no role in Heraut")
	require.Contains(t, got.body, `href="/sign-in?next=%2Fusers"`)
	b.requireOut()
	h.oidc.DefaultRole = "viewer"
	require.Equal(t, http.StatusSeeOther, b.get(b.visit(p, "/users")).status)
	require.Equal(t, http.StatusForbidden, b.post("/users", nil).status)
}

func TestStateIsOfThisBrowserAndTime(t *testing.T) {
	h, p := school(t)
	b := h.browser()
	back := b.visit(p, "/")
	for name, try := range map[string]func() answer{
		"another browser": func() answer { return h.browser().get(back) },
		"forged":          func() answer { return b.get("/oidc/callback?code=x&state=" + strings.Repeat("A", 43)) },
		"none":            func() answer { return b.get("/oidc/callback?code=x") },
		"nothing":         func() answer { return b.get("/oidc/callback") },
	} {
		got := try()
		require.Equal(t, http.StatusBadRequest, got.status, name)
		require.Contains(t, got.body, "This sign-in has expired, or began in another browser")
		require.Contains(t, got.body, `href="/sign-in"`)
	}
	h.clock.advance(10 * time.Minute)
	require.Equal(t, http.StatusBadRequest, b.get(back).status, "ten minutes are over")
	b.requireOut()
	require.Equal(t, http.StatusSeeOther, b.get(b.visit(p, "/")).status, "there is a way back")
}

func TestTabsSideBySide(t *testing.T) {
	h, p := school(t)
	b := h.browser()
	var backs []string
	for range 6 {
		backs = append(backs, b.visit(p, "/"))
	}
	require.Equal(t, http.StatusBadRequest, b.get(backs[0]).status, "the oldest of six")
	require.Equal(t, http.StatusSeeOther, b.get(backs[3]).status)
}

func TestAnswersOfTheProviderAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		claims map[string]any
		change func(p *provider)
		status int
		text   string
	}{
		"nonce":       {claims: map[string]any{"nonce": "of another sign-in"}, status: http.StatusForbidden, text: "is not right"},
		"no nonce":    {claims: map[string]any{"nonce": nil}, status: http.StatusForbidden, text: "is not right"},
		"audience":    {claims: map[string]any{"aud": "another client"}, status: http.StatusForbidden, text: "is not right"},
		"issuer":      {claims: map[string]any{"iss": "https://evil.example"}, status: http.StatusForbidden, text: "is not right"},
		"expired":     {claims: map[string]any{"exp": 1}, status: http.StatusForbidden, text: "is not right"},
		"forged":      {change: func(p *provider) { p.forge = true }, status: http.StatusForbidden, text: "is not right"},
		"away":        {change: func(p *provider) { p.away = true }, status: http.StatusBadGateway, text: "can not be reached"},
		"code":        {change: func(p *provider) { p.codes = map[string]grant{} }, status: http.StatusForbidden, text: "refused or cancelled"},
		"PKCE":        {change: func(p *provider) { p.codes = spoiled(p.codes) }, status: http.StatusForbidden, text: "refused or cancelled"},
		"no identity": {claims: map[string]any{"email": "not an address but\u2028lines", "name": ""}, status: http.StatusUnprocessableEntity, text: "tells too little"},
		"taken": {
			claims: map[string]any{"email": "ROOT@example.org"}, status: http.StatusConflict, text: "Somebody else signs in",
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, p := school(t)
			h.admin("root@example.org", people.Admin)
			b := h.browser()
			back := b.visit(p, "/")
			p.mu.Lock()
			p.claims = c.claims
			if c.change != nil {
				c.change(p)
			}
			p.mu.Unlock()
			got := b.get(back)
			require.Equal(t, c.status, got.status, got.body)
			require.Contains(t, got.body, c.text)
			b.requireOut()
			require.NotContains(t, h.log.String(), clientSecret)
		})
	}
}

// spoiled are codes that were given for another verifier.
func spoiled(codes map[string]grant) map[string]grant {
	all := map[string]grant{}
	for code, g := range codes {
		g.challenge = "another"
		all[code] = g
	}
	return all
}

func TestProviderRefuses(t *testing.T) {
	h, p := school(t)
	b := h.browser()
	back, err := url.Parse(b.visit(p, "/"))
	require.NoError(t, err)
	got := b.get("/oidc/callback?error=access_denied&state=" + back.Query().Get("state"))
	require.Equal(t, http.StatusForbidden, got.status)
	require.Contains(t, got.body, "refused or cancelled")
}

func TestLastAdminIsNotDemotedByAProvider(t *testing.T) {
	h, p := school(t)
	b := h.browser()
	p.set(map[string]any{"realm": map[string]any{"roles": []string{"ict"}}})
	require.Equal(t, http.StatusSeeOther, b.get(b.visit(p, "/")).status)
	p.set(nil)
	got := b.get(b.visit(p, "/"))
	require.Equal(t, http.StatusConflict, got.status)
	require.Contains(t, got.body, "You are the last administrator")
}

func TestWithoutAProvider(t *testing.T) {
	h := newHouse(t)
	require.NotContains(t, h.browser().get("/sign-in").body, "/oidc/start")
	got := h.browser().get("/oidc/start")
	require.Equal(t, http.StatusNotFound, got.status)
	require.Contains(t, got.body, "is turned off")
}

func TestProviderAwayAtTheStart(t *testing.T) {
	h, p := school(t)
	p.server.Close()
	got := h.browser().get("/oidc/start?next=%2Fusers")
	require.Equal(t, http.StatusBadGateway, got.status)
	require.Contains(t, got.body, `href="/sign-in?next=%2Fusers"`)
}

func TestCheckProviderNamesTheStep(t *testing.T) {
	p := newProvider(t)
	require.NoError(t, signin.CheckProvider(t.Context(), p.client(), p.settings()))
	for want, document := range map[string]map[string]any{
		"names no token_endpoint":         {"token_endpoint": ""},
		"names no authorization_endpoint": {"authorization_endpoint": ""},
		"names no jwks_uri":               {"jwks_uri": ""},
		"Reading the signing keys failed": {"jwks_uri": p.server.URL + "/nowhere"},
		"issuer":                          {"issuer": "https://another.example"},
	} {
		p.mu.Lock()
		p.document = document
		p.mu.Unlock()
		err := signin.CheckProvider(t.Context(), p.client(), p.settings())
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "/issuer")
	}
	none := httptest.NewServer(http.NotFoundHandler())
	defer none.Close()
	set := p.settings()
	set.Issuer = none.URL
	require.ErrorContains(t, signin.CheckProvider(t.Context(), p.client(), set), "Discovery failed at "+none.URL)
	set.ClientID = ""
	require.ErrorContains(t, signin.CheckProvider(t.Context(), p.client(), set), "/client_id")
}
