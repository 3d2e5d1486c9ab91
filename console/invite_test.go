package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/people"
	"heraut/settings"
)

func TestUserWithoutAnAddress(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	u := h.user("Sem", served)
	info := h.get("/users/" + u.ID + "/info")
	require.Contains(t, info.words(), "E-mailadres van de gebruiker Stuur uitnodigingsmail")
	fields := url.Values{"user_id": {u.ID}, "channel": {"mail"}, "email": {"no address"}}
	for _, headers := range [][]string{nil, dialog} {
		refused := h.post("/plans", fields, headers...)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.words(), "Vul een e-mailadres in, zoals naam@voorbeeld.nl.")
		require.Contains(t, refused.text, `value="no address"`, "what was typed stays")
	}
	fields.Set("email", "sem@example.org")
	_, page := h.planned(fields)
	require.Contains(t, page.words(), "E-mail 1")
	now, err := h.store.User(t.Context(), u.ID)
	require.NoError(t, err)
	require.Equal(t, "sem@example.org", now.Email)
	require.NotContains(t, h.get("/users/"+u.ID+"/info").text, `name="email"`)
}

func TestUserPageTellsWhatWasSent(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	u := h.user("Sem", mailed)
	h.phone(u, strings.Repeat("lang ", 59)+"\u202eiPad")
	h.sent(forUser(u))
	require.Contains(t, h.get("/users/"+u.ID+"/info").words(), "Wordt verstuurd")
	h.deliver(u)
	info := h.get("/users/" + u.ID + "/info")
	require.Contains(t, info.words(), "Openstaande uitnodigingen")
	require.Contains(t, info.words(), "Wacht op antwoord sinds 0 seconden · herinnering")
	h.accept(u)
	info = h.get("/users/" + u.ID + "/info")
	require.Regexp(t, `ingeschreven op \d+ \S+ \d{4} via push`, info.words())
	require.Contains(t, info.words(), "Eerdere uitnodigingen")
	require.Contains(t, info.words(), "Geaccepteerd zojuist")
	require.NotContains(t, info.words(), "Openstaande uitnodigingen")
}

// TestGroupIsInvited plays the manual's steps for a group, in both languages,
// without script.
func TestGroupIsInvited(t *testing.T) {
	for lang, words := range map[string]struct{ not, yet, calculate, two, one, button, mail, sent string }{
		"nl": {
			"nog niet eerder uitgenodigd", "nog niet ingeschreven", "Bereken", "Er worden 2 uitnodigingen verstuurd", "Er wordt 1 uitnodiging verstuurd",
			"Stuur uitnodiging naar apparaten van gebruikers", "Stuur uitnodigingsmail", "2 uitnodigingen gaan op weg.",
		},
		"en": {
			"not previously invited", "not yet enrolled", "Calculate", "2 invitations will be sent", "1 invitation will be sent",
			"Send invitation to users&#39; devices", "Send email invitation", "2 invitations are on their way.",
		},
	} {
		h := newHouse(t)
		h.lang = lang
		a, b := h.user("Sem", mailed), h.user("Noor", mailed)
		h.phone(a, "iPad van Sem")
		h.phone(b, "iPad van Noor")
		g := h.group("4A", []people.User{a, b})
		at := "/groups/" + g.ID + "/info"
		page := h.get(at)
		require.Contains(t, page.text, words.two)
		require.Contains(t, page.text, `<button class="primary" name="channel" value="">`+words.button+`</button>`)
		require.Contains(t, page.text, `<button name="channel" value="mail">`+words.mail+`</button>`)
		require.NotContains(t, page.text, words.not, "there is no choice while the two are the same people")

		h.sent(forUser(a))
		h.deliver(a)
		page = h.get(at)
		require.Regexp(t, `value="not_invited" checked> `+words.not, page.text)
		require.Contains(t, page.text, words.yet)
		require.Contains(t, page.text, words.one)
		require.Contains(t, page.text, `<button formmethod="get" formaction="`+at+`">`+words.calculate+`</button>`)
		page = h.get(at + "?group_id=" + g.ID + "&audience=not_enrolled")
		require.Regexp(t, `value="not_enrolled" checked`, page.text)
		require.Contains(t, page.text, words.two)

		plan, confirm := h.planned(url.Values{"group_id": {g.ID}, "audience": {"not_enrolled"}, "channel": {""}})
		require.Contains(t, confirm.text, "<bdi>4A</bdi>")
		sent := h.post(plan+"/send", confirm.digest())
		require.Contains(t, h.get(sent.location).words(), words.sent)
		require.Len(t, h.engine.told, 1)
		require.Contains(t, h.engine.told[0], "start send ")
		h.become(people.Viewer)
		require.NotContains(t, h.get(at).text, words.mail)
	}
}

func TestForecastFollowsTheChoice(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	a, b, c := h.user("Sem", mailed), h.user("Noor", mailed), h.user("Bram", served)
	h.phone(a, "iPad")
	h.phone(a, "iPhone")
	_, err := h.store.CreateDevice(t.Context(), setup, people.Device{Name: "Mac", Platform: people.MacOS, UserID: b.ID})
	require.NoError(t, err)
	g := h.group("4A", []people.User{a, b, c})
	at := "/groups/" + g.ID + "/forecast"
	require.Equal(t, "Er worden 3 uitnodigingen verstuurd: 2 push, 1 e-mail. 1 gebruiker heeft geen apparaat. "+
		"Met een uitnodigingsmail: 3 uitnodigingen in 2 e-mails.", h.get(at).words())
	h.sent(forUser(a))
	h.deliver(a)
	require.Contains(t, h.get(at+"?audience=not_invited").words(), "Er wordt 1 uitnodiging verstuurd: 1 e-mail.")
	require.Contains(t, h.get(at+"?audience=not_invited").words(), "1 gebruiker is al eerder uitgenodigd.")
	require.Contains(t, h.get(at+"?audience=not_enrolled").words(), "Er worden 3 uitnodigingen verstuurd: 2 push, 1 e-mail.")

	_, page := h.planned(url.Values{"group_id": {g.ID}, "audience": {"not_invited"}})
	require.Contains(t, page.words(), "Uitnodigingen 1", "what was shown is what the plan holds")
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/groups/none/forecast").status)
}

func TestMendingInPlace(t *testing.T) {
	h := newHouse(t)
	off, mute, bare := h.user("Off"), h.user("Mute", served), h.user("Bare", mailed)
	_, err := h.store.CreateDevice(t.Context(), setup, people.Device{Name: "iPad", Platform: people.IPadOS, UserID: mute.ID})
	require.NoError(t, err)
	h.phone(off, "iPhone")
	at, page := h.planned(url.Values{"group_id": {h.group("4A", []people.User{off, mute, bare}).ID}})
	for _, words := range []string{"services are off for 1 user.", "1 user has no device.", "1 user or device is out of reach."} {
		require.Contains(t, page.words(), words)
	}
	require.Contains(t, page.text, `href="/users/`+bare.ID+`/info"`)

	made := h.post(at+"/mend", url.Values{"mend": {"services"}, "user_id": {off.ID}})
	require.Equal(t, http.StatusSeeOther, made.status)
	require.Contains(t, h.get(made.location).words(), "Push (app) 1")
	require.Contains(t, h.engine.told, "distribute")

	wrong := h.post(at+"/mend", url.Values{"email." + mute.ID: {"none"}}, dialog...)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Contains(t, wrong.text, `value="none"`)
	require.Contains(t, wrong.words(), "Give an e-mail address such as name@example.org.")
	right := h.post(at+"/mend", url.Values{"email." + mute.ID: {"mute@example.org"}}, dialog...)
	require.Equal(t, http.StatusOK, right.status)
	require.Contains(t, right.words(), "Push (app) 1 Mail 1 Invitations 2")
	byMail := h.post(right.plan()+"/again", url.Values{"channel": {"mail"}}, dialog...)
	require.Contains(t, byMail.words(), "Mail 2 Invitations 2", "who has no device is reached by mail")
	require.Equal(t, http.StatusUnprocessableEntity, h.post(at+"/mend", url.Values{"mend": {"magic"}}).status)
}

// TestMendingSeveralAtOnce: every address that was typed is kept or comes back, and
// one goes on where one was.
func TestMendingSeveralAtOnce(t *testing.T) {
	h := newHouse(t)
	var users []people.User
	for i := range 30 {
		users = append(users, h.user("Pupil "+strconv.Itoa(i), served))
		for _, name := range []string{"iPad", "Mac"} {
			_, err := h.store.CreateDevice(t.Context(), setup, people.Device{Name: name, Platform: people.IPadOS, UserID: users[i].ID})
			require.NoError(t, err)
		}
	}
	at, page := h.planned(url.Values{"group_id": {h.group("4A", users).ID}})
	fields := regexp.MustCompile(`name="email\.([^"]*)"`)
	lines := fields.FindAllStringSubmatch(page.text, -1)
	require.Len(t, lines, 13, "one for each user of the first 25 lines")
	second := regexp.MustCompile(`href="(/plans/[^"]*\?after=[^"]*)"`).FindStringSubmatch(page.text)[1]
	page = h.get(second)
	lines = fields.FindAllStringSubmatch(page.text, -1)
	mend := regexp.MustCompile(`action="(/plans/[^"]*/mend\?after=[^"]*)"`).FindStringSubmatch(page.text)[1]
	email := func(n int) string { return "email." + lines[n][1] }

	typed := url.Values{email(1): {"one@example.org"}, email(2): {"none"}, email(3): {"three@example.org"}, email(4): {""}}
	wrong := h.post(mend, typed, dialog...)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.status)
	require.Regexp(t, `name="`+email(2)+`" value="none"[^>]* autofocus>`, wrong.text, "the focus is on the mistake")
	require.Equal(t, 1, strings.Count(wrong.text, " autofocus"))
	require.NotContains(t, wrong.text, email(1), "what was right is kept")
	require.Contains(t, wrong.words(), "Invitations 4 Users 2")

	typed = url.Values{email(2): {"two@example.org"}, email(4): {""}}
	mend = regexp.MustCompile(`action="(/plans/[^"]*/mend\?after=[^"]*)"`).FindStringSubmatch(wrong.text)[1]
	right := h.post(mend, typed, dialog...)
	require.Equal(t, http.StatusOK, right.status)
	require.Contains(t, right.text, "<details open>")
	require.Contains(t, right.text, `href="/plans/`, "the way back to the first part")
	require.NotContains(t, right.text, lines[2][1])
	require.Regexp(t, `name="`+email(4)+`"[^>]* autofocus>`, right.text, "the focus is on the next line")

	mend = regexp.MustCompile(`action="(/plans/[^"]*/mend\?after=[^"]*)"`).FindStringSubmatch(right.text)[1]
	led := h.post(mend, url.Values{email(4): {"four@example.org"}})
	require.Equal(t, http.StatusSeeOther, led.status)
	require.Contains(t, led.location, "after=")
	plain := h.get(led.location)
	require.Contains(t, plain.text, "<details open>")
	require.Regexp(t, `name="`+email(5)+`"[^>]* autofocus>`, plain.text, "without script as well")
	nothing := h.post(mend, url.Values{email(5): {" "}}, dialog...)
	require.Equal(t, http.StatusOK, nothing.status)
	require.NotEqual(t, http.StatusNotFound, h.post(at+"/mend", url.Values{"email.gone": {"gone@example.org"}}, dialog...).status)
}

func TestMendingAWholeGroup(t *testing.T) {
	h := newHouse(t)
	u := h.user("Sem")
	h.phone(u, "iPhone")
	g := h.group("4A", []people.User{u})
	at, page := h.planned(url.Values{"group_id": {g.ID}})
	require.Contains(t, page.words(), "Enable for the whole group")
	made := h.post(at+"/mend", url.Values{"mend": {"group_services"}})
	require.Contains(t, h.get(made.location).words(), "Invitations 1")
	now, err := h.store.Group(t.Context(), g.ID)
	require.NoError(t, err)
	require.True(t, now.ManagedDistribution)
}

func TestManySkipsComeInParts(t *testing.T) {
	h := newHouse(t)
	users := make([]people.User, 120)
	for i := range users {
		users[i] = h.user("Pupil "+strconv.Itoa(i), served)
	}
	at, page := h.planned(url.Values{"group_id": {h.group("4A", users).ID}})
	require.Contains(t, page.words(), "120 users have no device.")
	seen := 0
	for part := at; part != ""; {
		page = h.get(part)
		seen += strings.Count(page.text, "No device is assigned")
		_, rest, more := strings.Cut(page.text, `rel="next"`)
		if part = ""; more {
			before := page.text[:len(page.text)-len(rest)]
			_, part, _ = strings.Cut(before[strings.LastIndex(before, "<a"):], `href="`)
			part, _, _ = strings.Cut(part, `"`)
		}
	}
	require.Equal(t, 120, seen)
	for _, headers := range [][]string{nil, dialog} {
		require.Equal(t, http.StatusUnprocessableEntity, h.get(at+"?after=forged", headers...).status)
	}
}

func TestLicensesAreForecast(t *testing.T) {
	h := newHouse(t)
	_, err := h.store.PutSetting(t.Context(), setup, settings.NameContentToken, settings.ContentToken{UID: "1"}, []byte("token"), nil)
	require.NoError(t, err)
	app := content.AssetRef{AdamID: "361309726", Pricing: content.PricingStandard}
	require.NoError(t, h.store.KeepAsset(t.Context(), "1", content.Asset{AssetRef: app, Type: content.App, Name: "Pages", Total: 1, Available: 1}))
	a, b := h.user("Sem", mailed), h.user("Noor", mailed)
	g := h.group("4A", []people.User{a, b})
	_, err = h.store.PutContent(t.Context(), setup, content.Owner{GroupID: g.ID}, content.Choices(app))
	require.NoError(t, err)
	h.lang = "nl"
	_, page := h.planned(url.Values{"group_id": {g.ID}, "channel": {"mail"}})
	require.Contains(t, page.words(), "Pages : 2 uitgenodigd, 1 licenties")
	require.Contains(t, page.words(), "Wie het eerst accepteert, krijgt het eerst een licentie.")
}

func TestSilentUserIsPlanned(t *testing.T) {
	h := newHouse(t)
	_, err := h.store.PutSetting(t.Context(), setup, settings.NameContentToken, settings.ContentToken{UID: "1"}, []byte("token"), nil)
	require.NoError(t, err)
	u := h.user("Sem", served, func(u *people.User) { u.ManagedAppleAccount = "sem@example.org" })
	at, page := h.planned(url.Values{"user_id": {u.ID}})
	require.Contains(t, page.words(), "Enrolled without an invitation 1")
	sent := h.post(at+"/send", page.digest())
	require.Equal(t, http.StatusSeeOther, sent.status)
	require.Equal(t, http.StatusOK, h.get(sent.location).status)
	require.Contains(t, h.get("/groups/"+h.group("4A", []people.User{u}).ID+"/forecast").words(), "No invitation will be sent. 1 user is enrolled without an invitation.")
}
