package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api"
	"heraut/internal/secrets"
	"heraut/settings"
)

const publicURL = "https://heraut.example"

func TestEnrollmentLinks(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoë Ünal")
	path := "/v1/users/" + zoe + "/enrollment-link"
	got := h.call(http.MethodPost, path, nil, as(h.operator))
	link := got.ok(http.StatusCreated)
	token, ours := strings.CutPrefix(text(link, "url"), publicURL+"/enroll/")
	require.True(t, ours)
	until, err := time.Parse(time.RFC3339, text(link, "expires_at"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().AddDate(0, 0, 7), until, time.Hour)

	kept, err := h.store.EnrollmentByLink(t.Context(), secrets.LinkHash(token))
	require.NoError(t, err)
	require.Equal(t, zoe, kept.UserID)
	require.True(t, h.keys.VerifyLink(token, secrets.LinkEnroll, kept.ID, 0))
	byCode, err := h.store.EnrollmentByCode(t.Context(), h.keys.CodeHashes(strings.ToLower(text(link, "code")))[0])
	require.NoError(t, err)
	require.Equal(t, kept, byCode)
	require.NotEqual(t, link, h.post(path, nil).ok(http.StatusCreated), "each is another")

	log := h.get("/v1/audit?object_id=" + kept.ID)
	require.Len(t, items(log.ok(200)), 1)
	require.NotContains(t, log.text+h.log.String(), token)
	require.NotContains(t, log.text+h.log.String(), text(link, "code"))
}

func TestEnrollmentLinkIsMadeOnce(t *testing.T) {
	h := newHouse(t)
	path := "/v1/users/" + h.user("Zoë Ünal") + "/enrollment-link"
	key := header{"Idempotency-Key", "once"}
	first := h.post(path, nil, key).ok(http.StatusCreated)
	require.Equal(t, first, h.post(path, nil, key).ok(http.StatusCreated))
}

func TestEnrollmentLinkWhoseAnswerWasLost(t *testing.T) {
	var d *dying
	h := newHouse(t, func(deps *api.Dependencies, _ *api.Options) {
		d = &dying{Idempotency: deps.Idempotency}
		deps.Idempotency = d
	})
	path := "/v1/users/" + h.user("Zoë Ünal") + "/enrollment-link"
	d.dead.Store(true)
	lost := h.post(path, nil, idem("link")).ok(http.StatusCreated)
	d.dead.Store(false)
	kept, err := h.store.EnrollmentByCode(t.Context(), h.keys.CodeHash(text(lost, "code")))
	require.NoError(t, err)
	d.made = func() (string, string) { return "enrollment_link", kept.ID }
	require.Equal(t, lost, h.post(path, nil, idem("link")).ok(http.StatusCreated))
}

func TestEnrollmentLinkRefusals(t *testing.T) {
	h := newHouse(t)
	h.post("/v1/users/"+unknownID+"/enrollment-link", nil).refused(404, "not_found")
	h.post("/v1/users/zoe/enrollment-link", nil).refused(404, "not_found")
	path := "/v1/users/" + h.user("Zoë Ünal") + "/enrollment-link"
	h.post(path, object{"life": "P1D"}).refused(422, "invalid_request", "")
	h.post(path, nil, as(h.viewer)).refused(403, "forbidden")

	_, err := h.store.PutSetting(t.Context(), setup, settings.NameMDMServer, settings.MDMServer{Mode: settings.MDMExternal}, nil, nil)
	require.NoError(t, err)
	require.Contains(t, text(h.post(path, nil).refused(409, "conflict"), "detail"), "your own MDM server")

	bare := newHouse(t, func(d *api.Dependencies, _ *api.Options) { d.PublicURL = "" })
	path = "/v1/users/" + bare.user("Bram") + "/enrollment-link"
	require.Contains(t, text(bare.post(path, nil).refused(409, "conflict"), "detail"), "--public-url")
}
