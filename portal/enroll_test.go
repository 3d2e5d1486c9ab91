package portal_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html/atom"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/invitation"
	"heraut/people"
)

// office hands out profiles.
type office struct {
	mu       sync.Mutex
	links    map[string]people.EnrollmentLink // by hash
	codes    map[string]string                // tokens
	err      error                            // of profiles
	away     bool
	profiles []string // "link language"
}

func (o *office) ByLink(_ context.Context, hash []byte) (people.EnrollmentLink, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	link, known := o.links[string(hash)]
	switch {
	case o.away:
		return people.EnrollmentLink{}, errStoreAway
	case !known:
		return people.EnrollmentLink{}, fault.New(fault.NotFound, "No such link.")
	}
	return link, nil
}

func (o *office) ByCode(_ context.Context, code string) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	token, known := o.codes[code]
	switch {
	case o.away:
		return "", errStoreAway
	case !known:
		return "", fault.New(fault.NotFound, "No such code.")
	}
	return token, nil
}

func (o *office) Profile(_ context.Context, link people.EnrollmentLink, language string) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.profiles = append(o.profiles, link.ID+" "+language)
	return []byte("<plist/>"), o.err
}

// enroll puts an enrollment link into the office and gives its token.
func (h *house) enroll(id string, edits ...func(*people.EnrollmentLink)) string {
	link := people.EnrollmentLink{ID: id, UserID: "user-1", FullName: "Zoë Ünal", Devices: []string{"iPad van Zoë"}, ExpiresAt: expires}
	for _, edit := range edits {
		edit(&link)
	}
	token := h.keyring.Link(secrets.LinkEnroll, id, 0)
	h.office.links[string(secrets.LinkHash(token))] = link
	h.office.codes["code of "+id] = token
	return token
}

func used(l *people.EnrollmentLink)    { l.UsedAt = settled }
func tooOld(l *people.EnrollmentLink)  { l.Expired = true }
func english(l *people.EnrollmentLink) { l.Language = "en" }

// portalPages are all pages of the user portal.
func (h *house) portalPages(lang string) map[string]string {
	bodies := map[string]string{
		lang + " code":          h.get("/enroll?lang=" + lang).Body.String(),
		lang + " enroll":        h.get("/enroll/" + h.enroll("a") + "?lang=" + lang).Body.String(),
		lang + " enrolled":      h.get("/enroll/" + h.enroll("b", used) + "?lang=" + lang).Body.String(),
		lang + " enroll over":   h.get("/enroll/" + h.enroll("c", tooOld) + "?lang=" + lang).Body.String(),
		lang + " no enrollment": h.get("/enroll/x?lang=" + lang).Body.String(),
		lang + " wrong code":    h.post("/enroll?lang="+lang, url.Values{"code": {"x"}}).Body.String(),
	}
	h.office.err = fault.New(fault.Unavailable, "No certificate.")
	bodies[lang+" enroll later"] = h.post("/enroll/"+h.enroll("a")+"?lang="+lang, nil).Body.String()
	h.office.err = nil
	return bodies
}

func TestPortalExplainsAndListsDevices(t *testing.T) {
	h := newHouse(t)
	token := h.enroll("link-1")
	nl := h.get("/enroll/" + token)
	require.Equal(t, http.StatusOK, nl.Code)
	page := parse(t, nl.Body.String())
	require.Equal(t, "Schrijf apparaten in", page.text(atom.H1))
	require.Contains(t, nl.Body.String(), "Gebruikersportaal")
	require.Contains(t, nl.Body.String(), "<bdi>iPad van Zoë</bdi>")
	require.Contains(t, nl.Body.String(), "29 maart 2026")
	require.Len(t, page.nodes(atom.Ol), 2, "iPhone and iPad, and Mac")
	require.Len(t, page.nodes(atom.Li), 1+3+3)
	require.Equal(t, "/enroll/"+token, page.find(atom.Form)[0]["action"])

	en := h.get("/enroll/" + h.enroll("link-2", english))
	require.Equal(t, "Enroll devices", parse(t, en.Body.String()).text(atom.H1))
	require.Contains(t, en.Body.String(), "User portal")
	require.Empty(t, h.office.profiles, "looking changes nothing")
	require.Equal(t, http.StatusOK, h.do(request(http.MethodHead, "/enroll/"+token, nil)).Code)
	require.Empty(t, h.office.profiles)
}

func TestPortalHandsOutProfiles(t *testing.T) {
	h := newHouse(t)
	token := h.enroll("link-1", english)
	for range 2 { // until a device has enrolled
		w := h.post("/enroll/"+token, nil)
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, "application/x-apple-aspen-config", w.Header().Get("Content-Type"))
		require.Contains(t, w.Header().Get("Content-Disposition"), ".mobileconfig")
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		require.Equal(t, "<plist/>", w.Body.String())
	}
	require.Equal(t, []string{"link-1 en", "link-1 en"}, h.office.profiles)

	for _, edit := range []func(*people.EnrollmentLink){used, tooOld} {
		over := h.enroll("link-2", edit)
		w := h.post("/enroll/"+over, nil)
		require.Equal(t, http.StatusSeeOther, w.Code)
		require.Equal(t, "/enroll/"+over, w.Header().Get("Location"))
		require.Empty(t, parse(t, h.get("/enroll/"+over).Body.String()).find(atom.Form))
	}
	require.Equal(t, http.StatusForbidden, h.post("/enroll/"+token, nil, "Sec-Fetch-Site", "cross-site").Code)
	require.Len(t, h.office.profiles, 2)
}

func TestPortalWithoutAProfile(t *testing.T) {
	h := newHouse(t)
	token := h.enroll("link-1")
	h.office.err = fault.New(fault.Unavailable, "No certificate.")
	w := h.post("/enroll/"+token, nil)
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Contains(t, w.Body.String(), "pushcertificaat")
	h.office.err = errors.New("broken")
	require.Equal(t, http.StatusServiceUnavailable, h.post("/enroll/"+token, nil).Code)
	require.Contains(t, h.log.String(), "broken")
	h.office.err = fault.New(fault.NotFound, "The user is gone.")
	require.Equal(t, http.StatusNotFound, h.post("/enroll/"+token, nil).Code)
	h.office.away = true
	for _, w := range []int{h.get("/enroll/" + token).Code, h.post("/enroll", url.Values{"code": {"x"}}).Code} {
		require.Equal(t, http.StatusServiceUnavailable, w)
	}
	require.NotContains(t, h.log.String(), token)
}

func TestPortalKnowsNoOtherTokens(t *testing.T) {
	h := newHouse(t)
	token := h.enroll("link-1")
	page := h.invite(invitation.Sent)
	flipped := []byte(token)
	flipped[20] ^= 1
	want := h.get("/enroll/x").Body.String()
	for _, strange := range []string{page, string(flipped), token + "A", token[:40], "x"} {
		w := h.get("/enroll/" + strange)
		require.Equal(t, http.StatusNotFound, w.Code)
		require.Equal(t, want, w.Body.String(), "one page for all")
		require.Equal(t, http.StatusNotFound, h.post("/enroll/"+strange, nil).Code)
	}
	require.Equal(t, http.StatusNotFound, h.get("/i/"+token).Code)
	require.Equal(t, http.StatusNotFound, h.get("/enroll/"+token+"/a").Code)
	require.Empty(t, h.office.profiles)
}

func TestCodesLeadToTheirLink(t *testing.T) {
	h := newHouse(t)
	token := h.enroll("link-1")
	require.Equal(t, "code", parse(t, h.get("/enroll").Body.String()).find(atom.Input)[0]["name"])
	w := h.post("/enroll", url.Values{"code": {"code of link-1"}, "lang": {"en"}})
	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, "/enroll/"+token+"?lang=en", w.Header().Get("Location"))
	w = h.post("/enroll", url.Values{"code": {"<b>wrong</b>"}})
	require.Equal(t, http.StatusNotFound, w.Code)
	require.Contains(t, w.Body.String(), "Deze code kennen we niet")
	require.NotContains(t, w.Body.String(), "wrong</b>")
}

func TestGuessingCodesIsLimited(t *testing.T) {
	h := newHouse(t)
	h.enroll("link-1")
	guess := func(i int) int {
		return h.post("/enroll", url.Values{"code": {strconv.Itoa(i)}}, "X-Forwarded-For", "203.0.113."+strconv.Itoa(i%250)).Code
	}
	begin, guesses := time.Now(), 0
	for guess(guesses) == http.StatusNotFound {
		guesses++
	}
	require.LessOrEqual(t, guesses, 101+int(time.Since(begin)/time.Second))
	require.Equal(t, http.StatusTooManyRequests, h.post("/enroll", url.Values{"code": {"code of link-1"}}).Code)
	require.Equal(t, http.StatusOK, h.get("/enroll/"+h.enroll("link-2")).Code, "links have a limit of their own")
}
