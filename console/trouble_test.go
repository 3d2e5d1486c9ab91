package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/settings"
)

func TestPreflightInWords(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	h.outside.find(
		settings.Check{Name: "public_url", Detail: "Set --public-url to the address at which people reach this server; without it nothing can be sent."},
		settings.Check{Name: "push_certificate_mdm", OK: true, Detail: "The certificate for <b> is valid until 2030-01-01. Devices can enroll; they are invited by MDM once a content token is installed (PUT /v1/settings/content-token)."},
		settings.Check{Name: "content_token/abc", OK: true, Soon: true, Detail: "The content token of A, location B, is valid until 2030-01-01. Apple decides who accepted."},
		settings.Check{Name: "engine", Detail: "It does not answer: dial tcp 127.0.0.1. Refused"},
	)
	page := h.get("/preflight")
	require.Equal(t, http.StatusOK, page.status)
	for _, want := range []string{
		"Openbaar adres : werkt niet Start Heraut met --public-url", "Het certificaat voor &lt;b&gt; is geldig tot 1 jan. 2030. Apparaten kunnen worden ingeschreven;",
		"Apple-token : verloopt binnenkort Het token van A, locatie B, is geldig tot 1 jan. 2030. Apple bepaalt wie heeft geaccepteerd.",
		"Motor (Temporal) : werkt niet", "Download bij Apple een nieuw token en installeer het hier.",
	} {
		require.Contains(t, page.words(), want)
	}
	require.NotContains(t, page.text, "PUT /v1")
	require.Contains(t, page.text, `href="/settings/content"`)
	require.Contains(t, h.get("/settings").words(), "3 punten vragen aandacht")
}

func TestBannerSaysWhatIsWrong(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	require.NotContains(t, h.get("/preflight").text, "note trouble")
	h.outside.find(
		settings.Check{Name: "engine", Detail: "It does not answer: gone"}, settings.Check{Name: "push_certificate_mdm", OK: true, Soon: true, Detail: "x"},
		settings.Check{Name: "database", OK: true, Detail: "The database answers."},
	)
	h.get("/preflight")
	users := h.get("/users")
	require.Equal(t, http.StatusOK, users.status, "lists go on")
	require.Contains(t, users.words(), "De motor antwoordt niet; lijsten werken, wat je bevestigt gaat door zodra hij terug is.")
	require.Contains(t, users.words(), "Het pushcertificaat voor MDM verloopt binnenkort.")
	require.Contains(t, users.text, `href="/preflight#engine"`)
	require.NotContains(t, users.text, "#database")
}

// slowChecks answer when they are let.
type slowChecks struct{ begun, let chan struct{} }

func (s slowChecks) Check(ctx context.Context) []settings.Check {
	s.begun <- struct{}{}
	select {
	case <-s.let:
	case <-ctx.Done():
	}
	return []settings.Check{{Name: "engine", Detail: "gone"}}
}

func TestPagesDoNotWaitForChecks(t *testing.T) {
	slow := slowChecks{make(chan struct{}), make(chan struct{})}
	h := newHouse(t, func(d *console.Dependencies) { d.Preflight = slow })
	first := h.get("/users")
	require.Equal(t, http.StatusOK, first.status)
	require.NotContains(t, first.text, "note trouble")
	<-slow.begun // beside the page
	require.Equal(t, http.StatusOK, h.get("/users").status, "while they are made")
	close(slow.let)
	require.Eventually(t, func() bool { return strings.Contains(h.get("/users").text, "note trouble") }, 10*time.Second, 10*time.Millisecond)
	select {
	case <-slow.begun:
		t.Fatal("what was found is not kept")
	default:
	}
}
